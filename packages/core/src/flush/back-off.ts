import { isOverload } from "../target/push-error.js";

/** An answer that takes longer says that the gateway has too much to do. */
const SLOW_MS = 500;
const QUICK_MS = 250;
const FIRST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 15_000;
/** With `"auto"`, pushes take at most this part of the time. */
const AUTO_SHARE = 1 / 10;

/** The least time between pushes, or `"auto"`: ten times what the last one took. */
export type FlushInterval = number | "auto";

/** Spaces pushes by what the gateway shows of its load. */
export interface BackOff {
  /** It is too soon for another push. */
  isPausing(): boolean;
  departed(): void;
  /** @param error what the push failed with; undefined where it succeeded */
  landed(durationMs: number, error: unknown): void;
}

/**
 * Doubles the interval after a slow answer, a 429 or a 5xx, up to 15 s, and halves it after a quick one.
 *
 * @param leastMs the interval is never shorter
 */
export function createBackOff(leastMs: FlushInterval): BackOff {
  let intervalMs = 0;
  let autoMs = 0;
  let departedMs = -Infinity;
  return {
    isPausing() {
      const sinceMs = Date.now() - departedMs;
      // A clock that was set back is no reason to wait.
      return sinceMs >= 0 && sinceMs < Math.max(intervalMs, leastMs === "auto" ? autoMs : leastMs);
    },
    departed() {
      departedMs = Date.now();
    },
    landed(durationMs, error) {
      autoMs = Math.min(durationMs / AUTO_SHARE, LONGEST_INTERVAL_MS);
      if (error === undefined ? durationMs > SLOW_MS : isOverload(error))
        intervalMs = Math.min(Math.max(intervalMs * 2, FIRST_INTERVAL_MS), LONGEST_INTERVAL_MS);
      else if (durationMs < QUICK_MS && error === undefined)
        intervalMs = intervalMs > FIRST_INTERVAL_MS ? intervalMs / 2 : 0;
    },
  };
}
