/** Roughly the snapshot of a function with a few metrics of its own. */
export const PUSH_BODY = Array.from(
  { length: 80 },
  (_, n) => `charge_duration_seconds_bucket{provider="stripe",le="${n}"} ${n * 1_000}\n`,
).join("");

export const PUSH_PATH = "/metrics/job/bench/instance/bench-1";
