/** As in prom-client: no delay that is measured is shorter. */
const RESOLUTION_MS = 10;
/** An idle event loop that wakes up later than this was frozen. */
const LATE_MS = 20;
/** Of the time in which the event loop was busy. The smallest function of AWS Lambda has a fourteenth of a core. */
const LEAST_CPU_SHARE = 1 / 20;
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
  readonly frozen: Readonly<FrozenTime>;
}

/** How long the event loop was frozen in all, in milliseconds, by what it was doing. */
export interface FrozenTime {
  idleMs: number;
  busyMs: number;
}

/** Watches delays by Node's own monitor, which takes a freeze for a delay. */
export function watchDelays(): WatchedDelays {
  const { monitorEventLoopDelay } = process.getBuiltinModule("node:perf_hooks");
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return { delays, frozen: { idleMs: 0, busyMs: 0 } };
}

/**
 * Watches delays by a timer, and leaves out freezes. Most begin when the event loop is idle. Others take it in the middle of
 * its work, which then needs next to no CPU time for that long.
 */
export function watchDelaysBetweenFreezes(): WatchedDelays {
  const { createHistogram, performance } = process.getBuiltinModule("node:perf_hooks");
  // With two digits, percentiles take a fifth of the time.
  const delays = createHistogram({ highest: LONGEST_NS, figures: 2 });
  let sampledMs = performance.now();
  let { idle } = performance.eventLoopUtilization();
  let cpuMs = usedMs();
  const frozen: FrozenTime = { idleMs: 0, busyMs: 0 };
  setInterval(() => {
    const nowMs = performance.now();
    const now = performance.eventLoopUtilization();
    const nowCpuMs = usedMs();
    const lateMs = now.idle - idle - RESOLUTION_MS;
    const busyMs = nowMs - sampledMs - Math.max(now.idle - idle, RESOLUTION_MS);
    const workMs = nowCpuMs - cpuMs;
    const idleHeldMs = lateMs > LATE_MS ? lateMs : 0;
    const busyHeldMs = busyMs > LATE_MS && workMs < busyMs * LEAST_CPU_SHARE ? busyMs - workMs : 0;
    const heldMs = idleHeldMs + busyHeldMs;
    frozen.idleMs += idleHeldMs;
    frozen.busyMs += busyHeldMs;
    delays.record(Math.max(Math.round((nowMs - sampledMs - heldMs) * 1e6), 1));
    sampledMs = nowMs;
    ({ idle } = now);
    cpuMs = nowCpuMs;
  }, RESOLUTION_MS).unref();
  return { delays, frozen };
}

/** The CPU time of this process, in milliseconds. */
function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
