import { builtIn, currentInstance } from "@prefreeze/core/adapter";
import { adderTo } from "./own-counter.js";
import { ownGauge } from "./own-gauge.js";

/** As in prom-client: no delay of the event loop that is measured is shorter. */
const RESOLUTION_MS = 10;
/** On a platform that freezes, an idle event loop that wakes up later than this was frozen. */
const LATE_MS = 20;
/** An hour, the longest delay that Node.js itself measures. */
const LONGEST_NS = 3.6e12;

/** What the event loop of this thread tells. */
interface EventLoop {
  /** Begins to measure. */
  begin(): void;
  /** Counts the time since the last call. */
  count(): void;
  /** Sets the gauges, to what was measured since the last call. */
  collect(): void;
}

/** Measures how late the event loop of this thread is, and how busy. */
export function measureEventLoop(): EventLoop {
  const delay = (name: string, help: string, aggregate: "max" | "min" = "max") =>
    // A mean over processes would be wrong, so what is no minimum is that of the worst one.
    ownGauge(`nodejs_eventloop_lag_${name}seconds`, help, aggregate);
  const percentile = (percent: number) =>
    [
      percent,
      delay(`p${percent}_`, `The ${percent}th percentile of the recorded event loop delays.`),
    ] as const;
  const lag = delay("", "Lag of event loop in seconds.");
  const min = delay("min_", "The minimum recorded event loop delay.", "min");
  const max = delay("max_", "The maximum recorded event loop delay.");
  const mean = delay("mean_", "The mean of the recorded event loop delays.");
  const stddev = delay("stddev_", "The standard deviation of the recorded event loop delays.");
  const percentiles = [50, 90, 99].map(percentile);
  const utilization = ownGauge(
    "nodejs_eventloop_utilization_ratio",
    "Event loop utilization.",
    "max",
  );
  const state = "nodejs_eventloop_state";
  const time = builtIn(
    "counter",
    "nodejs_eventloop_time_seconds_total",
    "Cumulative duration of time the event loop has been in each state.",
    [state],
  );
  const activeSeconds = adderTo(time, { [state]: "active" });
  const idleSeconds = adderTo(time, { [state]: "idle" });

  let watched: ReturnType<typeof watchEventLoop> | undefined;
  let activeMs = 0;
  let idleMs = 0;
  const count = () => {
    if (!watched) return;
    const newest = watched.time();
    activeSeconds(newest.activeMs / 1_000);
    idleSeconds(newest.idleMs / 1_000);
    activeMs += newest.activeMs;
    idleMs += newest.idleMs;
  };
  return {
    begin() {
      watched = watchEventLoop();
    },
    count,
    collect() {
      if (activeMs + idleMs > 0) utilization(activeMs / (activeMs + idleMs));
      activeMs = idleMs = 0;
      // Without one, the last values stand.
      if (!watched?.delays.count) return;
      const { delays } = watched;
      lag(Math.max(watched.newestMs() - RESOLUTION_MS, 0) / 1_000);
      min(delays.min / 1e9);
      max(delays.max / 1e9);
      mean(delays.mean / 1e9);
      stddev(delays.stddev / 1e9);
      for (const [percent, set] of percentiles) set(delays.percentile(percent) / 1e9);
      delays.reset();
    },
  };
}

/** Looks at the event loop by a timer. Node's own monitor would take a freeze for a delay. */
function watchEventLoop() {
  const { createHistogram, performance } = process.getBuiltinModule("node:perf_hooks");
  const delays = createHistogram({ highest: LONGEST_NS });
  let sampledMs = performance.now();
  let sampled = performance.eventLoopUtilization();
  let newestMs = RESOLUTION_MS;
  let frozenMs = 0;
  let told = sampled;
  setInterval(() => {
    const nowMs = performance.now();
    const now = performance.eventLoopUtilization();
    const lateMs = now.idle - sampled.idle - RESOLUTION_MS;
    const heldMs = lateMs > LATE_MS && mayFreeze() ? lateMs : 0;
    frozenMs += heldMs;
    newestMs = nowMs - sampledMs - heldMs;
    delays.record(Math.max(Math.round(newestMs * 1e6), 1));
    sampledMs = nowMs;
    sampled = now;
  }, RESOLUTION_MS).unref();
  return {
    delays,
    newestMs: () => newestMs,
    /** The time since the last call, without freezes. */
    time() {
      const now = performance.eventLoopUtilization();
      const activeMs = now.active - told.active;
      const idleMs = Math.max(now.idle - told.idle - frozenMs, 0);
      told = now;
      frozenMs = 0;
      return { activeMs, idleMs };
    },
  };
}

function mayFreeze(): boolean {
  const platform = currentInstance()?.platform;
  return platform?.freezes ?? platform?.name !== "node";
}
