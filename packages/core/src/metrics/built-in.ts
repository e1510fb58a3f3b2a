import { define } from "./define.js";
import { type Metric, type MetricType, type Series } from "./metric.js";
import { touchTotal } from "./registry.js";
import { seriesOf } from "./series.js";

/** Defines one of the metrics that prefreeze itself has: their names are reserved, their series few. */
export function builtIn(
  type: MetricType,
  name: string,
  help: string,
  labelNames: readonly string[] = [],
  buckets?: readonly number[],
): Metric {
  return define(type, { name, help, labelNames, buckets }, true);
}

/** Makes a series appear before anything is recorded for it; its labels are right by construction. */
export function appear(metric: Metric, labels?: Readonly<Record<string, string>>): Series {
  const series = seriesOf(metric, labels)!;
  touchTotal(series);
  return series;
}
