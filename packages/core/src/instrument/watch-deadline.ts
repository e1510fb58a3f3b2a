import { startTimer } from "../runtime/timer.js";
import type { Observation } from "./descriptor.js";

/** Share of the function's time that is left when an invocation is taken for timed out, and its limit. */
const MARGIN_SHARE = 0.1;
const LONGEST_MARGIN_MS = 250;
/** Limits a configured margin, so that short functions do not time out every time. */
const LARGEST_SHARE = 0.5;
/** The longest time of a timer. No platform lets an invocation run for as long. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Settles an invocation as timed out just before its deadline.
 *
 * After the deadline it settles nothing: the environment was frozen meanwhile, so the invocation had ended.
 *
 * @param remainingMs left of the function's time, in milliseconds; over 24 days, nothing is watched
 * @param marginMs how long before the deadline, in milliseconds: at most half of the time; default a tenth of it, at
 *   most 250
 * @returns stops watching
 */
export function watchDeadline(
  observation: Observation,
  remainingMs: number,
  marginMs = Math.min(remainingMs * MARGIN_SHARE, LONGEST_MARGIN_MS),
): () => void {
  if (remainingMs > LONGEST_TIMER_MS) return () => undefined;
  // By the clock that nobody sets.
  const deadlineMs = performance.now() + remainingMs;
  const timer = startTimer(
    () => {
      if (performance.now() < deadlineMs) observation.timedOut();
    },
    remainingMs - Math.min(marginMs, remainingMs * LARGEST_SHARE),
    true,
  );
  return () => clearTimeout(timer);
}
