/** A metric as its definition describes it, without its values. */
export interface MetricDescription {
  /** As Prometheus shows it: that of a counter ends in `_total`. */
  readonly name: string;
  /** A summary has a sum and a count only. */
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  /** One sentence. */
  readonly help: string;
  /** Without `job`, `instance`, `le` and what the grouping key adds. */
  readonly labelNames: readonly string[];
  /** Of a histogram: upper bounds, in the metric's unit, without `+Inf`. */
  readonly buckets?: readonly number[];
  /** Of a gauge: how the values of several instances combine. Default: the newest push. */
  readonly aggregate?: "last" | "sum" | "max" | "min";
}
