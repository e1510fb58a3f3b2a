import type { Bytes } from "../runtime/bytes.js";

/** The type of a metric family, as Prometheus names it. */
export type MetricType = "counter" | "gauge" | "histogram" | "summary";

/** How a gauge combines the values of several instances. */
export type GaugeAggregate = "last" | "sum" | "max" | "min";

/**
 * The recorded value of one series.
 *
 * All types share one shape, so that the engine sees one hidden class on the hot path.
 */
export interface Cell {
  /** Counter: sum of increments. Gauge: a value, or a change. Histogram and summary: sum of observations. */
  value: number;
  /** Gauge only: true if `value` was set, and is not just a change. */
  absolute: boolean;
  /** Histogram and summary only: observations per bucket, not cumulative; the last one is `+Inf`. */
  readonly counts: number[] | undefined;
}

/** One time series of a metric: one combination of label values. */
export interface Series {
  /** The metric that it is a part of. */
  readonly metric: Metric;
  /** In the order of `labelNames`. */
  readonly labelValues: readonly string[];
  /** The instance's total; undefined until the first recording was merged. */
  total: Cell | undefined;
  /** When the total was made, in milliseconds since 1970; 0 if an earlier process made it. */
  startedAtMs: number | undefined;
  /** The total's lines in the text format; undefined if it has changed since they were written. */
  text: string | undefined;
  /** The text has been in a snapshot before, so it is flat in memory. */
  isFlat: boolean;
  /** The total as the protobuf format wrote it; undefined if it has changed since. */
  encoded: EncodedSeries | undefined;
  /** The start of each line, up to the value; undefined until first written. */
  linePrefixes: readonly string[] | undefined;
  /** It is no series of its metric any more. */
  removed: boolean;
}

/** A series as bytes, with the start of a life in them. */
export interface EncodedSeries {
  /** When the life began, in milliseconds since 1970. */
  readonly lifeAtMs: number;
  /** Undefined if it was written once only: most series that have changed will change again. */
  readonly bytes: Bytes | undefined;
}

/** A defined metric with its series. */
export interface Metric {
  /** Its name, as Prometheus shows it. */
  readonly name: string;
  /** Its type. */
  readonly type: MetricType;
  /** Another one only in development, where it can be edited. */
  help: string;
  /** The names of its labels. */
  readonly labelNames: readonly string[];
  /** Upper bounds without `+Inf`. Empty for a summary; undefined for counters and gauges. */
  readonly buckets: readonly number[] | undefined;
  /** Of a gauge: how the values of several instances combine. Undefined: the newest push. */
  readonly aggregate: GaugeAggregate | undefined;
  /** JSON of type, labels, buckets and aggregate. A second definition of this name must match it; shown in the error if not. */
  readonly shape: string;
  /** Defined by prefreeze itself: its series are few by construction, so `maxSeries` leaves them out. */
  readonly builtIn: boolean;
  /** Only restored from another process so far: a definition with another shape replaces it. */
  restored: boolean;
  /**
   * Its label that is one of `PREFREEZE_GROUPING` or `PREFREEZE_LABELS` as well; then it has no series. The gateway
   * would overwrite a grouping label, and merge series into one. Nor can that label go: the life would push other
   * series, with all their totals a second time.
   */
  readonly takenLabel: string | undefined;
  /** Without labels: the series that the user's metrics had when this one was defined, with its own. */
  reservedUpTo: number;
  /** Its HELP and TYPE lines; undefined until first written. */
  header: string | undefined;
  /** Series by the key that their label values make. */
  readonly series: Map<string, Series>;
}

export function newCell({ buckets }: Metric): Cell {
  const counts = buckets && new Array<number>(buckets.length + 1).fill(0);
  return { value: 0, absolute: false, counts };
}

/** Merges one cell into another of the same series. */
export function mergeCell(into: Cell, from: Cell): void {
  into.value = from.absolute ? from.value : into.value + from.value;
  into.absolute ||= from.absolute;
  from.counts?.forEach((count, i) => (into.counts![i]! += count));
}

/**
 * Counts an observation in the first bucket whose bound is not below it, or in `+Inf`.
 *
 * @param buckets upper bounds without `+Inf`, in the metric's unit
 * @param value the observation, in the metric's unit
 */
export function observeIn(cell: Cell, buckets: readonly number[], value: number): void {
  let i = 0;
  while (i < buckets.length && value > buckets[i]!) i++;
  cell.counts![i]! += 1;
  cell.value += value;
}
