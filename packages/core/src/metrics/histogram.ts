import { define, type MetricOptions } from "./define.js";
import { drop } from "./drop.js";
import { observeIn, type Series } from "./metric.js";
import { type ChosenLabels, definition, type Recording } from "./recording.js";
import { cellOf } from "./registry.js";
import { type LabelValue, seriesOf } from "./series.js";
import { isThenable } from "../runtime/thenable.js";

/** The default buckets of the Prometheus client libraries, for requests, in seconds. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What defines a histogram. */
export interface HistogramOptions<N extends readonly string[]> extends MetricOptions<N> {
  /**
   * Upper bounds, finite and rising; `+Inf` is added by itself.
   *
   * Default: 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5 and 10, for seconds.
   */
  readonly buckets?: readonly number[];
}

/** A histogram with its labels chosen. */
export interface HistogramChild {
  /** Counts `value` in its bucket; not finite, it is dropped, counted and warned about once. */
  observe(value: number): void;
  /** Starts a timer; what it returns stops it, observes the seconds and returns them. */
  startTimer(): () => number;
  /** Runs `work` and observes its seconds, also where it throws; returns what it returns. */
  time<R>(work: () => R): R;
}

/** A distribution: durations, sizes. */
export interface Histogram<N extends readonly string[] = readonly []> {
  readonly name: string;
  /** Counts `value` in its bucket; not finite, it is dropped, counted and warned about once. */
  observe(...recording: Recording<N, [value: number]>): void;
  /** Starts a timer; what it returns takes the labels still missing, observes the seconds and returns them. */
  startTimer<K extends N[number] = never>(
    ...start: N["length"] extends 0 ? [] : [labels?: { readonly [L in K]: LabelValue }]
  ): (
    ...missing: Exclude<N[number], K> extends never
      ? []
      : [labels: { readonly [L in Exclude<N[number], K>]: LabelValue }]
  ) => number;
  /** Runs `work` and observes its seconds, also where it throws; returns what it returns. */
  time<R>(...recording: Recording<N, [work: () => R]>): R;
  /** Chooses the labels once, for a series that is used often. */
  labels(...labels: ChosenLabels<N>): HistogramChild;
}

/**
 * Defines a histogram; its name does not end in `_total`, `_count`, `_sum` or `_bucket`.
 *
 * @throws TypeError where the definition is wrong, naming the metric and the value.
 */
export function histogram<const N extends readonly string[] = readonly []>(
  options: HistogramOptions<N>,
): Histogram<N> {
  const buckets = options.buckets ?? DEFAULT_BUCKETS;
  const metric = define("histogram", { ...options, buckets }, false, faultIn(buckets));
  return {
    ...definition(metric, { observe, startTimer, time }),
    // Labels that are known only at the end complete those of the start.
    startTimer(labels?: object) {
      const stop = stopwatch();
      return (missing?: object) => observe(seriesOf(metric, labels, missing), stop());
    },
  } as unknown as Histogram<N>;
}

function faultIn(buckets: readonly number[]): string | undefined {
  if (!buckets.length) return "buckets are missing";
  for (const [i, bound] of buckets.entries()) {
    if (!Number.isFinite(bound) || bound <= buckets[i - 1]!)
      return `bucket ${typeof bound === "number" ? bound : JSON.stringify(bound)} is not finite or does not rise`;
  }
  return undefined;
}

function observe(series: Series | undefined, value: number): number {
  if (series) {
    if (Number.isFinite(value)) observeIn(cellOf(series), series.metric.buckets!, value);
    else drop(series.metric, "value", value);
  }
  return value;
}

function stopwatch(): () => number {
  const startedMs = performance.now();
  return () => (performance.now() - startedMs) / 1_000;
}

function startTimer(series: Series | undefined): () => number {
  const seconds = stopwatch();
  return () => observe(series, seconds());
}

function time<R>(series: Series | undefined, work: () => R): R {
  const stop = startTimer(series);
  let result: R | undefined;
  try {
    result = work();
  } finally {
    if (!isThenable(result)) stop();
  }
  // The very promise goes back; a rejection of it is still the caller's to handle.
  if (result instanceof Promise) result.then(stop, stop);
  // A lazy thenable (a query builder) starts anew with every `then`, so it gets only one.
  else if (isThenable(result)) return Promise.resolve(result).finally(stop) as R;
  return result;
}
