let resolveLast: (() => void) | undefined;

/**
 * Resolves when the event loop is empty: then runtimes up to nodejs22.x take an invocation without an
 * answer for over. Where it is asked again before that, only the last one resolves.
 */
export function emptyEventLoop(): Promise<void> {
  if (!resolveLast) process.on("beforeExit", () => resolveLast?.());
  return new Promise((resolve) => (resolveLast = resolve));
}
