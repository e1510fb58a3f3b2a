import { define, type MetricOptions } from "./define.js";
import { dropValue } from "./drop-value.js";
import { observeIn, type Series } from "./metric.js";
import { type ChosenLabels, type Recording, seriesOfChosen, startsWithLabels } from "./recording-arguments.js";
import { cellOf } from "./registry.js";
import { type Labels, seriesOfLabels } from "./series.js";
import { isThenable } from "./thenable.js";

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
  startTimer<const G extends Partial<Labels<N>> = Record<never, never>>(
    labels?: G,
  ): (
    ...missing: Exclude<N[number], keyof G> extends never
      ? []
      : [labels: { readonly [K in Exclude<N[number], keyof G>]: Labels<N>[K] }]
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
  const metric = define({
    type: "histogram",
    buckets: DEFAULT_BUCKETS,
    ...options,
    labelNames: options.labelNames ?? [],
  });
  return {
    name: metric.name,
    observe(...[first, second]: readonly unknown[]) {
      const labelled = startsWithLabels(first, second);
      observe(seriesOfLabels(metric, labelled ? first : undefined), labelled ? second : first);
    },
    startTimer(labels?: object) {
      const seconds = stopwatch();
      return (missing?: object) => {
        const elapsedSeconds = seconds();
        observe(seriesOfLabels(metric, { ...labels, ...missing }), elapsedSeconds);
        return elapsedSeconds;
      };
    },
    time<R>(...[first, second]: readonly unknown[]): R {
      const labelled = second !== undefined;
      return time((labelled ? second : first) as () => R, (elapsedSeconds) =>
        observe(seriesOfLabels(metric, labelled ? first : undefined), elapsedSeconds),
      );
    },
    labels(...chosen: readonly unknown[]) {
      const series = seriesOfChosen(metric, chosen);
      return {
        observe: (value) => observe(series, value),
        startTimer() {
          const seconds = stopwatch();
          return () => {
            const elapsedSeconds = seconds();
            observe(series, elapsedSeconds);
            return elapsedSeconds;
          };
        },
        time: (work) => time(work, (elapsedSeconds) => observe(series, elapsedSeconds)),
      };
    },
  };
}

function observe(series: Series | undefined, value: unknown): void {
  if (series === undefined) return;
  if (!Number.isFinite(value)) return dropValue(series.metric, value);
  observeIn(cellOf(series), series.metric.buckets, value as number);
}

function stopwatch(): () => number {
  const startedMs = performance.now();
  return () => (performance.now() - startedMs) / 1_000;
}

function time<R>(work: () => R, done: (elapsedSeconds: number) => void): R {
  const seconds = stopwatch();
  let result: R;
  try {
    result = work();
  } catch (error) {
    done(seconds());
    throw error;
  }
  if (!isThenable(result)) {
    done(seconds());
    return result;
  }
  const stop = () => done(seconds());
  if (result instanceof Promise) {
    // The very promise goes back; a rejection of it is still the caller's to handle.
    result.then(stop, stop);
    return result;
  }
  // A lazy thenable (a query builder) starts anew with every `then`, so it gets only one.
  return Promise.resolve(result).finally(stop) as R;
}
