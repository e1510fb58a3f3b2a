import type { Observation } from "@prefreeze/core/adapter";

/** Part of the function's time that is left when an invocation is taken for timed out, and the most of it. */
const MARGIN_SHARE = 0.1;
const LONGEST_MARGIN_MS = 250;
/** Whatever is set: else a short function would time out each time. */
const LARGEST_SHARE = 0.5;

/**
 * Decides just before its deadline that an invocation has timed out; what comes back cancels that.
 *
 * After the deadline it decides nothing: who sees that was frozen meanwhile, and had ended.
 *
 * @param remainingMs of the function's time
 * @param marginMs how long before the deadline; default a tenth of the time, at most 250 ms; at most half of the time
 */
export function watchDeadline(
  observation: Observation,
  remainingMs: number,
  marginMs = Math.min(remainingMs * MARGIN_SHARE, LONGEST_MARGIN_MS),
): () => void {
  const deadlineMs = Date.now() + remainingMs;
  const timer = setTimeout(
    () => {
      if (Date.now() < deadlineMs) observation.timedOut();
    },
    remainingMs - Math.min(marginMs, remainingMs * LARGEST_SHARE),
  ).unref();
  return () => clearTimeout(timer);
}
