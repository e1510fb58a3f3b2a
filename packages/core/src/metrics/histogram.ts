import type { OtherName, LabelNames } from "./checked-names.js";
import { define, type MetricOptions } from "./define.js";
import { dropValue } from "./drop.js";
import { observeIn, type Series } from "./metric.js";
import { type ChosenLabels, definition, type Recording } from "./recorder.js";
import { cellOf } from "./cells.js";
import { type LabelValue, seriesOf } from "./series.js";
import { isThenable } from "../runtime/thenable.js";

/** The default buckets of the Prometheus client libraries, for requests, in seconds. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** The definition of a histogram. */
export interface HistogramOptions<
  N extends readonly string[],
  Name = string,
  LabelNames = N,
> extends MetricOptions<N, Name, LabelNames> {
  /**
   * Upper bounds, finite and rising. `+Inf` is added automatically.
   *
   * Default: 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5 and 10, for durations in seconds.
   */
  readonly buckets?: readonly number[];
}

/** A histogram whose labels are bound. */
export interface HistogramChild {
  /** Observes `value`. A non-finite value is dropped, counted and warned about once. */
  observe(value: number): void;
  /** Starts a timer. @returns stops the timer, observes the seconds that passed and returns them */
  startTimer(): () => number;
  /** Makes the series appear with no observations. One that exists stays as it is. */
  zero(): void;
  /**
   * Runs `work`, a function or an async function, and observes how many seconds it took, even if it
   * throws. @returns the result of `work`
   */
  time<R>(work: () => R): R;
}

/** A distribution: durations, sizes. */
export interface Histogram<N extends readonly string[] = readonly []> {
  /** The name of the metric. */
  readonly name: string;
  /** Observes `value`. A non-finite value is dropped, counted and warned about once. */
  observe(...recording: Recording<N, [value: number]>): void;
  /** Makes the series appear with no observations. One that exists stays as it is. */
  zero(...recording: Recording<N, []>): void;
  /**
   * Starts a timer, with all labels or some of them.
   *
   * @returns takes the missing labels, observes the seconds that passed and returns them
   */
  startTimer<K extends N[number] = never>(
    ...start: N["length"] extends 0 ? [] : [labels?: { readonly [L in K]: LabelValue }]
  ): (
    ...missing: Exclude<N[number], K> extends never
      ? []
      : [labels: { readonly [L in Exclude<N[number], K>]: LabelValue }]
  ) => number;
  /**
   * Runs `work`, a function or an async function, and observes how many seconds it took, even if it
   * throws. @returns the result of `work`
   */
  time<R>(...recording: Recording<N, [work: () => R]>): R;
  /** Binds the labels once, for a series that is used often. */
  labels(...labels: ChosenLabels<N>): HistogramChild;
}

/**
 * Defines a histogram. Its name must not end in `_total`, `_count`, `_sum` or `_bucket`.
 *
 * @throws TypeError if the definition is wrong; the message names the metric and the value
 */
export function histogram<
  const N extends readonly string[] = readonly [],
  const T extends string = string,
>(options: HistogramOptions<N, OtherName<T>, LabelNames<N, T>>): Histogram<N> {
  const buckets = Array.from(options.buckets ?? DEFAULT_BUCKETS);
  const metric = define("histogram", { ...options, buckets }, false, faultIn(buckets));
  return {
    ...definition(metric, { observe, startTimer, time, zero }),
    // Labels that are known only at the end complete the ones given at the start.
    startTimer(labels?: object) {
      const stop = stopwatch();
      return (missing?: object) => observe(seriesOf(metric, labels, missing), stop());
    },
  } as unknown as Histogram<N>;
}

const MAX_BUCKETS = 250;

function faultIn(buckets: readonly number[]): string | undefined {
  if (!buckets.length) return "buckets are missing";
  if (buckets.length > MAX_BUCKETS) return `it has more than ${MAX_BUCKETS} buckets`;
  for (const [i, bound] of buckets.entries()) {
    if (typeof bound !== "number") return `bucket ${JSON.stringify(bound)} is not a number`;
    if (!Number.isFinite(bound)) return `bucket ${bound} is not finite`;
    if (bound <= buckets[i - 1]!) return `bucket ${bound} does not rise`;
  }
  return undefined;
}

function observe(series: Series | undefined, value: number): number {
  if (series) {
    if (Number.isFinite(value)) observeIn(cellOf(series), series.metric.buckets!, value);
    else dropValue(series.metric, "value", value);
  }
  return value;
}

function zero(series: Series | undefined): void {
  if (series) cellOf(series);
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
  // The caller gets its own promise back and still handles its rejection.
  if (result instanceof Promise) result.then(stop, stop);
  // A lazy thenable (a query builder, say) runs again with every `then`, so it gets only one.
  else if (isThenable(result)) return Promise.resolve(result).finally(stop) as R;
  return result;
}
