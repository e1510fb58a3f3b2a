import { catalog, redefined } from "../metrics/catalog.js";
import { touchTotal } from "../metrics/cells.js";
import { findSeries } from "../metrics/series.js";
import { type ParsedSeries, parseText } from "./parse-text.js";
import type { Metric } from "../metrics/metric.js";

/**
 * Subtracts a snapshot from the totals, so that counters, histograms and summaries hold only what came
 * after it. Gauges stay as they are, and so do metrics that have another shape now.
 *
 * @param snapshot as `textFormat` wrote it, with later changes as `changesInTextFormat` wrote them
 */
export function diff(snapshot: string): void {
  for (const { name, type, series } of parseText(snapshot)) {
    const metric = redefined.find((each) => each.name === name) ?? catalog.metrics.get(name);
    if (type === "gauge" || metric?.type !== type) continue;
    for (const each of series.values()) {
      const found = hasShape(each, metric)
        ? findSeries(
            metric,
            metric.labelNames.map((label) => each.labels[label] ?? ""),
          )
        : undefined;
      if (!found?.total) continue;
      const total = touchTotal(found);
      // A sum that has become infinite stays infinite.
      if (Number.isFinite(each.value)) total.value -= each.value;
      each.counts.forEach((count, i) => (total.counts![i]! -= count));
    }
  }
}

function hasShape({ labels, bounds }: ParsedSeries, { labelNames, buckets }: Metric): boolean {
  const names = Object.keys(labels);
  // A metric of another library may have got more labels since, which this series has not.
  return (
    names.join() === labelNames.slice(0, names.length).join() &&
    bounds.join() === (buckets ?? []).join()
  );
}
