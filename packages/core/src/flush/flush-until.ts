/** Time that a flush leaves to the function before its deadline. */
const DEADLINE_MARGIN_MS = 100;

/**
 * When a flush during an invocation must give up, in milliseconds since 1970.
 *
 * @param deadlineMs when the platform ends the invocation; undefined if it does not tell
 */
export function flushUntilMs(deadlineMs: number | undefined): number | undefined {
  return deadlineMs === undefined ? undefined : deadlineMs - DEADLINE_MARGIN_MS;
}
