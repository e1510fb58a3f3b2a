import { catalog } from "../metrics/catalog.js";
import { findSeries } from "../metrics/series.js";
import { type ParsedSeries, parseText } from "./parse-text.js";
import type { Metric } from "../metrics/metric.js";

/**
 * Subtracts a snapshot from the totals, so that counters, histograms and summaries hold only what came
 * after it. Gauges stay as they are, and so do metrics that have another shape now.
 *
 * @param snapshot as `textFormat` wrote it
 */
export function diff(snapshot: string): void {
  for (const { name, type, series } of parseText(snapshot)) {
    const metric = catalog.metrics.get(name);
    if (type === "gauge" || metric?.type !== type) continue;
    for (const each of series) {
      const found = hasShape(each, metric)
        ? findSeries(metric, Object.values(each.labels))
        : undefined;
      if (!found?.total) continue;
      // A sum that has become infinite stays infinite.
      if (Number.isFinite(each.value)) found.total.value -= each.value;
      each.counts.forEach((count, i) => (found.total!.counts![i]! -= count));
      found.text = undefined;
    }
  }
}

function hasShape({ labels, bounds }: ParsedSeries, { labelNames, buckets }: Metric): boolean {
  return (
    Object.keys(labels).join() === labelNames.join() && bounds.join() === (buckets ?? []).join()
  );
}
