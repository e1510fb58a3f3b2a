let resolveEnd: (() => void) | undefined;
let resolveFlush: (() => void) | undefined;
let listening = false;

/**
 * Resolves when the event loop is empty. Runtimes up to nodejs22.x then end an invocation that has no
 * answer, and send the answer of a callback. One invocation runs at a time, so of several calls for the
 * same purpose only the last one resolves.
 */
export function emptyEventLoop(purpose: "end" | "flush"): Promise<void> {
  if (!listening) {
    process.on("beforeExit", () => {
      resolveEnd?.();
      resolveFlush?.();
    });
  }
  listening = true;
  return new Promise((resolve) => {
    if (purpose === "end") resolveEnd = resolve;
    else resolveFlush = resolve;
  });
}
