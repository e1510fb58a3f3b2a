import { stopwatch } from "../runtime/stopwatch.js";

const OPENS_AFTER = 3;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * A circuit breaker. It opens after three failures in a row and keeps flushes from the gateway: for one
 * second, then twice as long after each further failure, up to a minute. Between pauses it is half open.
 */
export interface Breaker {
  /** Failures in a row. */
  readonly failures: number;
  readonly state: "closed" | "open" | "half-open";
  settled(succeeded: boolean): void;
}

export function createBreaker(): Breaker {
  let failures = 0;
  let sinceFailureMs = stopwatch();
  return {
    get failures() {
      return failures;
    },
    get state() {
      if (failures < OPENS_AFTER) return "closed";
      const pauseMs = FIRST_PAUSE_MS * 2 ** (failures - OPENS_AFTER);
      return sinceFailureMs() < Math.min(pauseMs, LONGEST_PAUSE_MS) ? "open" : "half-open";
    },
    settled(succeeded) {
      failures = succeeded ? 0 : failures + 1;
      sinceFailureMs = stopwatch();
    },
  };
}
