/** As in prom-client: no delay that is measured is shorter. */
const RESOLUTION_MS = 10;
/** An idle event loop that wakes up later than this was frozen. */
const LATE_MS = 20;
/** An hour, as of Node's own monitor. */
const LONGEST_NS = 3.6e12;

/** The delays of this thread's event loop. */
export interface WatchedDelays {
  /** In nanoseconds. */
  readonly delays: {
    readonly count: number;
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly stddev: number;
    percentile(percent: number): number;
    reset(): void;
  };
  /** How long the event loop was frozen in all, in milliseconds. */
  readonly frozenMs: () => number;
}

/** Watches delays by Node's own monitor, which takes a freeze for a delay. */
export function watchDelays(): WatchedDelays {
  const { monitorEventLoopDelay } = process.getBuiltinModule("node:perf_hooks");
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return { delays, frozenMs: () => 0 };
}

/** Watches delays by a timer, and leaves out freezes, which begin when the event loop is idle. */
export function watchDelaysBetweenFreezes(): WatchedDelays {
  const { createHistogram, performance } = process.getBuiltinModule("node:perf_hooks");
  // With two digits, percentiles take a fifth of the time.
  const delays = createHistogram({ highest: LONGEST_NS, figures: 2 });
  let sampledMs = performance.now();
  let { idle } = performance.eventLoopUtilization();
  let frozenMs = 0;
  setInterval(() => {
    const nowMs = performance.now();
    const now = performance.eventLoopUtilization();
    const lateMs = now.idle - idle - RESOLUTION_MS;
    const heldMs = lateMs > LATE_MS ? lateMs : 0;
    frozenMs += heldMs;
    delays.record(Math.max(Math.round((nowMs - sampledMs - heldMs) * 1e6), 1));
    sampledMs = nowMs;
    ({ idle } = now);
  }, RESOLUTION_MS).unref();
  return { delays, frozenMs: () => frozenMs };
}
