import type { MetricType } from "../metrics/metric.js";

const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: [],
  gauge: [],
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["_sum", "_count"],
};

/** The names that no other metric of the same output may have. */
export function sampleNames({
  name,
  type,
}: {
  readonly name: string;
  readonly type: MetricType;
}): string[] {
  return [name, ...SUFFIXES[type].map((suffix) => name + suffix)];
}
