/** Time that a flush leaves to the function before its deadline. */
const DEADLINE_MARGIN_MS = 100;

/** How far the clock that can be set is ahead of the one that cannot, in milliseconds. */
export function clockOffsetMs(): number {
  return Date.now() - performance.now();
}

/**
 * When a flush during an invocation must give up, in milliseconds since 1970.
 *
 * @param deadlineMs when the platform ends the invocation; undefined if it does not tell
 * @param offsetMs of the clocks when the deadline was read, in milliseconds: the clock may have been set since. Default:
 *   that of now
 */
export function flushUntilMs(
  deadlineMs: number | undefined,
  offsetMs = clockOffsetMs(),
): number | undefined {
  if (deadlineMs === undefined) return undefined;
  return deadlineMs + clockOffsetMs() - offsetMs - DEADLINE_MARGIN_MS;
}
