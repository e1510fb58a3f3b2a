import { builtIn, currentInstance } from "@prefreeze/core/adapter";
import { adderTo } from "./own-counter.js";
import { ownGauge } from "./own-gauge.js";
import {
  type FrozenTime,
  watchDelays,
  watchDelaysBetweenFreezes,
  type WatchedDelays,
} from "./watch-delays.js";

/** What the event loop of this thread tells. */
interface EventLoop {
  /** Begins to measure. */
  begin(): void;
  /** Counts the time since the last call. */
  count(): void;
  /** Sets the gauges to what was measured since the last call. */
  collect(): void;
}

/** Measures how late the event loop of this thread is, and how busy. */
export function measureEventLoop(): EventLoop {
  const delay = (name: string, help: string, aggregate: "max" | "min" = "max") =>
    // No mean over processes could be right, so all but the minimum are those of the worst one.
    ownGauge(`nodejs_eventloop_lag_${name}seconds`, help, aggregate);
  const percentile = (percent: number) => {
    const help = `The ${percent}th percentile of the recorded event loop delays.`;
    return [percent, delay(`p${percent}_`, help)] as const;
  };
  const lag = delay("", "Lag of event loop in seconds.");
  const min = delay("min_", "The minimum recorded event loop delay.", "min");
  const max = delay("max_", "The maximum recorded event loop delay.");
  const mean = delay("mean_", "The mean of the recorded event loop delays.");
  const stddev = delay("stddev_", "The standard deviation of the recorded event loop delays.");
  const percentiles = [50, 90, 99].map(percentile);
  const countTime = measureTime();
  let watched: WatchedDelays | undefined;
  return {
    begin() {
      watched = mayFreeze() ? watchDelaysBetweenFreezes() : watchDelays();
    },
    count: () => countTime.count(watched?.frozen),
    collect() {
      countTime.collect();
      const startedMs = performance.now();
      setImmediate(() => lag((performance.now() - startedMs) / 1_000));
      // Without a delay, the last values stand.
      if (!watched?.delays.count) return;
      const { delays } = watched;
      min(delays.min / 1e9);
      max(delays.max / 1e9);
      mean(delays.mean / 1e9);
      stddev(delays.stddev / 1e9);
      for (const [percent, set] of percentiles) set(delays.percentile(percent) / 1e9);
      delays.reset();
    },
  };
}

/** Measures the time that the event loop spends at work, and that it waits. */
function measureTime() {
  const state = "nodejs_eventloop_state";
  const time = builtIn(
    "counter",
    "nodejs_eventloop_time_seconds_total",
    "Cumulative duration of time the event loop has been in each state.",
    [state],
  );
  const activeSeconds = adderTo(time, { [state]: "active" });
  const idleSeconds = adderTo(time, { [state]: "idle" });
  const utilization = ownGauge(
    "nodejs_eventloop_utilization_ratio",
    "Event loop utilization.",
    "max",
  );
  let told = { active: 0, idle: 0 };
  let collected = told;
  return {
    /** @param frozen how long the event loop was frozen in all */
    count(frozen: Readonly<FrozenTime> = { idleMs: 0, busyMs: 0 }) {
      const { active, idle } = process
        .getBuiltinModule("node:perf_hooks")
        .performance.eventLoopUtilization();
      const now = {
        active: Math.max(active - frozen.busyMs, told.active),
        idle: Math.max(idle - frozen.idleMs, told.idle),
      };
      activeSeconds((now.active - told.active) / 1_000);
      idleSeconds((now.idle - told.idle) / 1_000);
      told = now;
    },
    collect() {
      const active = told.active - collected.active;
      const both = active + told.idle - collected.idle;
      if (both > 0) utilization(active / both);
      collected = told;
    },
  };
}

/** Whether a freeze would look like a delay here. */
function mayFreeze(): boolean {
  return currentInstance()?.platform.freezes !== false;
}
