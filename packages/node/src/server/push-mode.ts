let everyMs: number | undefined;

/** Notes for `explain()` how often this process pushes, in milliseconds. */
export function pushesEvery(intervalMs: number): void {
  everyMs = intervalMs;
}

/** When snapshots of a process that goes on are pushed, and why, for `explain()`. */
export function pushMode(): readonly [mode: string, reason: string] {
  return everyMs === undefined
    ? ["push when a job ends", "pushEvery() was not called"]
    : [`push every ${everyMs / 1_000} s`, "pushEvery() was called"];
}
