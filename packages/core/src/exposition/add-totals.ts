import { catalog } from "../metrics/catalog.js";
import { cellIn, mergeIntoTotals } from "../metrics/cells.js";
import { defineRestored } from "../metrics/define.js";
import type { Recordings } from "../metrics/scope.js";
import { seriesOf } from "../metrics/series.js";
import { parseText } from "./parse-text.js";

/**
 * Adds a snapshot to the totals of this process. Gauges are left out.
 *
 * @param snapshot as `textFormat` wrote it, with later changes as `changesInTextFormat` wrote them
 */
export function addTotals(snapshot: string): void {
  const recordings: Recordings = new Map();
  const { maxSeries, maxBytes } = catalog;
  // In another order, a full snapshot would not fit, and what went to `_overflow` would be counted again.
  Object.assign(catalog, { maxSeries: Infinity, maxBytes: Infinity });
  for (const { type, name, help, series } of parseText(snapshot)) {
    const [first] = series.values();
    if (!first || type === "gauge") continue;
    const labelNames = Object.keys(first.labels);
    const buckets = type === "counter" ? undefined : first.bounds;
    const metric = defineRestored(type, { name, help, labelNames, buckets });
    if (!metric) continue;
    for (const { labels, value, counts } of series.values()) {
      const found = seriesOf(metric, labels);
      if (!found) continue;
      found.startedAtMs = 0;
      const cell = cellIn(recordings, found);
      cell.value += value;
      counts.forEach((count, i) => (cell.counts![i]! += count));
    }
  }
  Object.assign(catalog, { maxSeries, maxBytes });
  mergeIntoTotals(recordings);
}
