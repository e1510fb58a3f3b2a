/** The hold on `process.exit()`. */
export interface ExitHold {
  /** Other code has called `process.exit()`, which waits. */
  readonly called: boolean;
  /** Ends the wait, and exits if that was called for. */
  release(): void;
}

/**
 * Makes `process.exit()` wait, which other code often calls as soon as it hears a signal.
 *
 * @param whenCalled called at the first call of it
 */
export function holdExit(whenCalled?: () => void): ExitHold {
  const exit = process.exit.bind(process);
  let released = false;
  let called: Parameters<typeof exit> | undefined;
  const waiting = ((...args: Parameters<typeof exit>) => {
    if (released) exit(...args);
    else if (!called) {
      called = args;
      whenCalled?.();
    }
  }) as typeof exit;
  process.exit = waiting;
  // While the process exits, a call only sets the exit code, and nothing can wait any more.
  const exits = () => void (released = true);
  process.prependOnceListener("exit", exits);
  return {
    get called() {
      return called !== undefined;
    },
    release() {
      released = true;
      process.removeListener("exit", exits);
      // Another copy of this package may have put its own in this place.
      if (process.exit === waiting) process.exit = exit;
      if (called) exit(...called);
    },
  };
}
