let resolveEnd: (() => void) | undefined;
let resolveFlush: (() => void) | undefined;
let listening = false;

/**
 * Resolves when the event loop is empty: then runtimes up to nodejs22.x take an invocation without an
 * answer for over, and give the answer of a callback. One invocation runs at a time: where it is asked
 * again for the same purpose, only the last one resolves.
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
