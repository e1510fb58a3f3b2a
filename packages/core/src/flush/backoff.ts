import { stopwatch } from "../runtime/stopwatch.js";
import { isOverload } from "../target/push-error.js";

/** A gateway that takes longer to answer has too much to do. */
const SLOW_MS = 500;
const QUICK_MS = 250;
const FIRST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 15_000;
/** With `"auto"`, pushes take at most this share of the time. */
const AUTO_SHARE = 1 / 10;

/** Minimum time between pushes in milliseconds, or `"auto"`: ten times as long as the last push took. */
export type FlushInterval = number | "auto";

/** Spaces pushes by the load that the gateway shows. */
export interface Backoff {
  /** How long it is too soon for another push, in milliseconds; 0 or less if it is not. */
  pauseMs(): number;
  started(): void;
  /** @param error what the push failed with; undefined if it succeeded */
  settled(durationMs: number, error: unknown): void;
}

/**
 * Doubles the interval between pushes after a slow answer, a 429 or a 5xx, up to 15 s, and halves it after
 * a quick answer.
 *
 * @param minIntervalMs the interval is never shorter
 */
export function createBackoff(minIntervalMs: FlushInterval): Backoff {
  let intervalMs = 0;
  let autoMs = 0;
  let sinceStartMs = () => Infinity;
  return {
    pauseMs() {
      const minMs = minIntervalMs === "auto" ? autoMs : minIntervalMs;
      return Math.max(intervalMs, minMs) - sinceStartMs();
    },
    started() {
      sinceStartMs = stopwatch();
    },
    settled(durationMs, error) {
      autoMs = Math.min(durationMs / AUTO_SHARE, LONGEST_INTERVAL_MS);
      if (error === undefined ? durationMs > SLOW_MS : isOverload(error))
        intervalMs = Math.min(Math.max(intervalMs * 2, FIRST_INTERVAL_MS), LONGEST_INTERVAL_MS);
      else if (durationMs < QUICK_MS && error === undefined)
        intervalMs = intervalMs > FIRST_INTERVAL_MS ? intervalMs / 2 : 0;
    },
  };
}
