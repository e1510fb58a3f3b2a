import { redefined, sortedMetrics } from "../metrics/catalog.js";
import { textFormat } from "../exposition/text-format.js";
import type { Metric } from "../metrics/metric.js";

/**
 * The totals as text. A restored metric stays in its life as it was, even if this process defines another one.
 *
 * @param leftOut the names of metrics that are left out
 */
export function snapshot(leftOut?: ReadonlySet<string>): string {
  return textFormat(metricsIn(leftOut));
}

/** The metrics of a snapshot. */
export function metricsIn(leftOut?: ReadonlySet<string>): readonly Metric[] {
  let metrics = sortedMetrics();
  if (leftOut?.size) metrics = metrics.filter(({ name }) => !leftOut.has(name));
  if (redefined.length > 0)
    metrics = metrics.map((metric) => redefined.find(({ name }) => name === metric.name) ?? metric);
  return metrics;
}
