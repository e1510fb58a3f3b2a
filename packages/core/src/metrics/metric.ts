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
  /** Upper bounds without `+Inf`; none for a summary, undefined for counters and gauges. */
  readonly buckets: readonly number[] | undefined;
  readonly aggregate: GaugeAggregate | undefined;
  /** What another definition of the name must have in common, to be told from it and shown. */
  readonly shape: string;
  /** Defined by prefreeze itself: bounded by construction, so outside `maxSeries`. */
  readonly builtIn: boolean;
  /** Only what another process left, so far: a definition of another shape replaces it. */
  restored: boolean;
  /** Its HELP and TYPE lines; undefined until first encoded. */
  header: string | undefined;
  /** Series by what their label values make as a key. */
  readonly series: Map<string, Series>;
}

export function newCell({ buckets }: Metric): Cell {
  const counts = buckets && new Array<number>(buckets.length + 1).fill(0);
  return { value: 0, absolute: false, counts };
}

/** Adds what one cell holds to another of the same series. */
export function mergeCell(into: Cell, from: Cell): void {
  into.value = from.absolute ? from.value : into.value + from.value;
  into.absolute ||= from.absolute;
  from.counts?.forEach((count, i) => (into.counts![i]! += count));
}

/** Counts an observation in the first bucket whose bound it does not exceed, or in `+Inf`. */
export function observeIn(cell: Cell, buckets: readonly number[], value: number): void {
  let i = 0;
  while (i < buckets.length && value > buckets[i]!) i++;
  cell.counts![i]! += 1;
  cell.value += value;
}
