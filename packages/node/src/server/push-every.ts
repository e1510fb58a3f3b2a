import type { Options } from "@prefreeze/core";
import {
  expectChange,
  guarded,
  guardedStart,
  type Instance,
  isCollecting,
  readSettings,
  shared,
  startTimer,
  upTo,
  warnOnce,
} from "@prefreeze/core/adapter";
import { isProcessInstance, processInstance } from "./platform.js";
import { pushAtProcessEnd } from "./process-end.js";
import { pushesEvery } from "./push-mode.js";
import { preferUndici } from "./process-transport.js";
import { isWebFunction } from "./web-function.js";

const DEFAULT_INTERVAL_MS = 15_000;
/** Half of the silence after which a life is replaced, in milliseconds. */
const MAX_INTERVAL_MS = 300_000;
/**
 * A process that records nothing pushes this often all the same, so that it is seen to live and its life goes on:
 * four such pushes in a row may fail before the ten minutes are over after which a silent life is replaced, and an
 * aggregator leaves out its gauges.
 */
const HEARTBEAT_MS = 120_000;
/** Intervals are shorter by up to this share, so that processes that start together do not push together. */
const JITTER = 0.2;

/** Options of `pushEvery()`. */
export interface PushEveryOptions extends Options {
  /** Longest time between two pushes, in milliseconds, from 1,000 to 300,000. Default 15,000. `PREFREEZE_INTERVAL_MS`. */
  readonly intervalMs?: number | undefined;
  /**
   * Longest time for a push and its retry, in milliseconds, from 1 to 30,000. No request waits for it. Default 5,000.
   * `PREFREEZE_FLUSH_TIMEOUT_MS`.
   */
  readonly flushTimeoutMs?: number | undefined;
}

/** Of all copies of this package in the thread. */
const pushes = shared<{
  /** Undefined until somebody has chosen one. */
  intervalMs: number | undefined;
  started: boolean;
  /** Beside each push on the interval, by name. */
  works: Map<string, () => void>;
}>("pushEvery", { intervalMs: undefined, started: false, works: new Map() });

/**
 * Pushes what a process that goes on has counted, on an interval, and once more at SIGTERM, at SIGINT and when the
 * process has nothing left to do. Call it once, at the start; several calls are one.
 *
 * The interval varies by up to a fifth. Nothing is pushed if nothing has changed, but for a push every two minutes.
 * The timer does not keep the process running. Under test runners it does nothing unless `PREFREEZE_ACTIVE` is set.
 *
 * @returns pushes at once, for programs that call `process.exit()`: resolves when that has succeeded or failed, or has
 *   run out of time; never rejects
 * @throws TypeError if the `grouping` option could break the gateway, or collides with a metric's label
 */
export function pushEvery(options: PushEveryOptions = {}): () => Promise<void> {
  const { intervalMs: _, ...others } = options;
  const instance = guardedStart(() => processInstance(others));
  if (instance) guarded(() => startPushing(instance, options));
  return async () => {
    if (instance?.pusher) await push(instance, false);
  };
}

/** Starts to push on an interval. On Lambda and Vercel, their adapters push. */
export function startPushing(instance: Instance, options: PushEveryOptions): void {
  if (!instance.pusher || !isProcessInstance(instance)) return;
  const given: PushEveryOptions = { intervalMs: options.intervalMs };
  const { intervalMs } = readSettings(given, process.env, "PREFREEZE_", {
    intervalMs: upTo(MAX_INTERVAL_MS, 1_000),
  });
  if (intervalMs !== undefined) {
    if (pushes.intervalMs !== undefined && pushes.intervalMs !== intervalMs)
      warnOnce("intervalMs", "the intervalMs option is ignored: the first pushEvery() has set it");
    pushes.intervalMs ??= intervalMs;
  }
  pushesEvery(interval());
  if (pushes.started) return;
  pushes.started = true;
  // After a freeze, it would wait for a connection that is long gone.
  if (!isWebFunction(process.env)) preferUndici();
  pushAtProcessEnd();
  // Many processes start together: their first pushes are spread over the whole interval.
  startTimer(() => tick(instance), interval() * Math.random(), true);
}

/**
 * Does `work`, too, whenever the interval is over, if this process pushes on one. It is told by its name from that of
 * another copy of this package.
 */
export function besideEachPush(name: string, work: () => void): void {
  pushes.works.set(name, work);
}

function interval(): number {
  return pushes.intervalMs ?? DEFAULT_INTERVAL_MS;
}

function tick(instance: Instance): void {
  startTimer(() => tick(instance), interval() * (1 - JITTER * Math.random()), true);
  guarded(() => void push(instance, true));
  for (const work of pushes.works.values()) guarded(work);
}

function push({ pusher }: Instance, background: boolean): Promise<void> {
  const sinceMs = Math.abs(Date.now() - (pusher!.life.acknowledged?.atMs ?? 0));
  // What collectors count changes all the time, and nobody tells.
  if (isCollecting() || sinceMs > HEARTBEAT_MS) expectChange();
  return pusher!.flusher.flush(undefined, background);
}
