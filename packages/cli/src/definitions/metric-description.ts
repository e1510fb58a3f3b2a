/** A metric as its definition describes it, without its values. */
export interface MetricDescription {
  readonly name: string;
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
