/** What Prometheus calls the type of a metric family. */
export type MetricType = "counter" | "gauge" | "histogram" | "summary";

/** How a gauge adds up over instances, of which most are frozen or gone. */
export type GaugeAggregate = "last" | "sum" | "max" | "min";

/**
 * What was recorded for one series.
 *
 * One shape for every type, so that the engine sees one hidden class on the hot path.
 */
export interface Cell {
  /** Counter: the sum of increments. Gauge: a value, or a change of one. Otherwise: the sum of observations. */
  value: number;
  /** Gauge only: `value` is what was set (and changed since), not a change alone. */
  absolute: boolean;
  /** Histogram and summary only: observations of each bucket, not cumulative, the last one for `+Inf`. */
  readonly counts: number[] | undefined;
}

/** One time series of a metric: one combination of label values. */
export interface Series {
  readonly metric: Metric;
  readonly labelValues: readonly string[];
  /** The instance's total; undefined until the first recording was folded. */
  total: Cell | undefined;
  /** What the total reads in the text format; undefined when it changed since. */
  text: string | undefined;
  /** The start of each of its lines, up to the value; undefined until first encoded. */
  linePrefixes: readonly string[] | undefined;
}

/** A defined metric with its series. */
export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds without `+Inf`; empty for everything but histograms. */
  readonly buckets: readonly number[];
  readonly aggregate: GaugeAggregate | undefined;
  /** Defined by prefreeze itself: bounded by construction, so outside `maxSeries`. */
  readonly builtIn: boolean;
  /** Series by what their label values make as a key. */
  readonly series: Map<string, Series>;
}

export function newCell(metric: Metric): Cell {
  const { type, buckets } = metric;
  const counts =
    type === "histogram" || type === "summary"
      ? new Array<number>(buckets.length + 1).fill(0)
      : undefined;
  return { value: 0, absolute: false, counts };
}

/** Adds what one cell holds to another of the same series. */
export function mergeCell(into: Cell, from: Cell): void {
  if (from.absolute) {
    into.value = from.value;
    into.absolute = true;
  } else {
    into.value += from.value;
  }
  if (from.counts !== undefined && into.counts !== undefined) {
    for (let i = 0; i < from.counts.length; i++) into.counts[i]! += from.counts[i]!;
  }
}

/** Counts an observation in the first bucket whose bound it does not exceed, or in `+Inf`. */
export function observeIn(cell: Cell, buckets: readonly number[], value: number): void {
  let i = 0;
  while (i < buckets.length && value > buckets[i]!) i++;
  cell.counts![i]! += 1;
  cell.value += value;
}
