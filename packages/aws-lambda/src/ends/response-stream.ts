import type { Writable } from "node:stream";

/** What a streaming handler gets for its second argument. */
export function isResponseStream(value: unknown): value is Writable {
  const { write, once } = Object(value) as { readonly write?: unknown; readonly once?: unknown };
  return typeof write === "function" && typeof once === "function";
}

/**
 * Resolves when the stream has been written to its end, and rejects where it was cut; undefined where the
 * end is behind it.
 */
export function streamEnd(stream: Writable): Promise<void> | undefined {
  if (stream.writableFinished) return undefined;
  return new Promise((resolve, reject) => {
    const cut = (error?: Error) =>
      reject(error ?? Object.assign(new Error("cut"), { name: "ResponseStreamCut" }));
    if (stream.destroyed) return cut();
    stream.once("finish", resolve);
    stream.once("error", cut);
    stream.once("close", cut);
  });
}
