import { linePrefixesOf } from "./encode.js";
import type { Metric } from "../metrics/metric.js";

/**
 * Takes from counters, histograms and summaries what a snapshot of them says, so that they hold what came
 * after it.
 *
 * @param snapshot as `encode` wrote it, of these metrics when they had fewer series at most
 */
export function subtractTotals(metrics: Iterable<Metric>, snapshot: string): void {
  // Read in the order in which it was written, so that each line is found where the last one ended.
  let at = 0;
  const read = (prefix: string): number => {
    let found = snapshot.indexOf(prefix, at);
    if (found < 0) found = snapshot.indexOf(prefix);
    if (found < 0) return 0;
    const start = found + prefix.length;
    at = snapshot.indexOf("\n", start);
    // What has become infinite stays that.
    return Number(snapshot.slice(start, at)) || 0;
  };
  for (const { type, series } of metrics) {
    if (type === "gauge") continue;
    for (const each of series.values()) {
      const { total } = each;
      if (!total) continue;
      const [sum, count, ...buckets] = (each.linePrefixes ??= linePrefixesOf(each));
      const { counts } = total;
      let below = 0;
      buckets.forEach((prefix, i) => {
        const upTo = read(prefix);
        counts![i]! -= upTo - below;
        below = upTo;
      });
      total.value -= read(sum!);
      if (count) {
        const all = read(count);
        if (buckets.length === 0) counts![0]! -= all;
      }
      each.text = undefined;
    }
  }
}
