import { touchTotal } from "./cells.js";
import { define } from "./define.js";
import type { GaugeAggregate, Metric, MetricType, Series } from "./metric.js";
import { seriesOf } from "./series.js";

/**
 * Defines a metric of prefreeze itself. Reserved names are allowed, and its series are outside `maxSeries`.
 *
 * @param buckets upper bounds of a histogram, in its unit; empty for a summary
 * @param aggregate how the values of several instances combine, if it is a gauge. Default: the newest push
 * @throws TypeError if the user has defined a metric of that name with another shape
 */
export function builtIn(
  type: MetricType,
  name: string,
  help: string,
  labelNames: readonly string[] = [],
  buckets?: readonly number[],
  aggregate?: GaugeAggregate,
): Metric {
  return define(type, { name, help, labelNames, buckets, ...(aggregate && { aggregate }) }, true);
}

/** Initialises a series at zero before anything is recorded. The labels must be the metric's. */
export function initSeries(metric: Metric, labels?: Readonly<Record<string, string>>): Series {
  const series = seriesOf(metric, labels)!;
  touchTotal(series);
  return series;
}
