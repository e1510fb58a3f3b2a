import { cellIn, defineAgain, fold, type Registry, seriesOf } from "@prefreeze/core/adapter";
import { parseTotals } from "./parse-totals.js";

/** Adds what a snapshot says to this process' totals, but for gauges, and for what is defined otherwise now. */
export function addTotals(totals: string): void {
  const registry: Registry = new Map();
  for (const { type, name, help, series } of parseTotals(totals)) {
    const [first] = series;
    if (!first || type === "gauge") continue;
    const labelNames = Object.keys(first.labels);
    const buckets = type === "counter" ? undefined : first.bounds;
    const metric = defineAgain(type, { name, help, labelNames, buckets });
    if (!metric) continue;
    for (const { labels, value, counts } of series) {
      const found = seriesOf(metric, labels);
      if (!found) continue;
      const cell = cellIn(registry, found);
      cell.value += value;
      counts.forEach((count, i) => (cell.counts![i]! += count));
    }
  }
  fold(registry);
}
