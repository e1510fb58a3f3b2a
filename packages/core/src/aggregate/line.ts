import type { GaugeAggregate, MetricType } from "../metrics/metric.js";

/** What the value of a line is. */
export const Kind = {
  /** Of a counter. */
  counter: 0,
  /** The sum of a histogram's or summary's observations. It can fall, since an observation can be negative. */
  sum: 1,
  /** A bucket of a histogram: cumulative in the text, kept as the observations of this bucket alone. */
  bucket: 2,
  /** The count of a histogram, which its buckets tell as well. */
  histogramCount: 3,
  /** The count of a summary. */
  summaryCount: 4,
  gauge: 5,
  /** `prefreeze_snapshot_sequence` */
  sequence: 6,
  /** `target_info` */
  info: 7,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** One line with a value, as a snapshot has it. */
export interface SnapshotLine {
  /** Everything before the value: the HELP and TYPE lines of its metric, if it is the first one, and the series. */
  readonly text: string;
  readonly kind: Kind;
  /** The name of the metric, without `_bucket`, `_sum` and `_count`. */
  readonly name: string;
  readonly type: MetricType;
  /** As they are written, without `le`: `plan="pro",region="eu"`. */
  readonly labels: string;
  /** Equal for equal series: sorted, and without labels that are empty. */
  readonly seriesKey: string;
  /** The upper bound of a bucket. */
  readonly bound: number | undefined;
  /** The HELP text as it is written; undefined if the line is not the first of its metric. */
  readonly help: string | undefined;
  /** Of a gauge's first line. */
  readonly aggregate: GaugeAggregate | undefined;
}
