/**
 * Of the 300 ms that AWS gives a runtime after SIGTERM, the part for the last flush.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export const SHUTDOWN_FLUSH_MS = 250;

/** What a flusher leaves of a deadline to the function. */
const FLUSHER_MARGIN_MS = 100;

/** For a flusher that is to use up just that time. */
export function shutdownDeadlineMs(): number {
  return Date.now() + SHUTDOWN_FLUSH_MS + FLUSHER_MARGIN_MS;
}
