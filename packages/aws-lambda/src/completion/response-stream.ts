import type { Writable } from "node:stream";

/** Whether a value is the response stream that a streaming handler gets as its second argument. */
export function isResponseStream(value: unknown): value is Writable {
  const { write, once } = Object(value) as { readonly write?: unknown; readonly once?: unknown };
  return typeof write === "function" && typeof once === "function";
}

/**
 * Resolves when the stream has been written to its end, and rejects if it was cut off.
 *
 * @returns undefined if it has ended already
 */
export function streamEnd(stream: Writable): Promise<void> | undefined {
  if (stream.writableFinished) return undefined;
  return new Promise((resolve, reject) => {
    const cut = (error?: Error) =>
      reject(
        // Where other code has frozen `Error.prototype`, nobody can assign a name.
        error ?? Object.defineProperty(new Error("cut"), "name", { value: "ResponseStreamCut" }),
      );
    if (stream.destroyed) return cut();
    stream.once("finish", resolve);
    stream.once("error", cut);
    stream.once("close", cut);
  });
}
