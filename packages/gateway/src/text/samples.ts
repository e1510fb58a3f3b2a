import { formatGoFloat } from "./go-float.js";
import type { Family } from "./metric-family.js";

/** One line of the text format. */
export interface Sample {
  /** With `_bucket`, `_sum` and `_count` where there is one. */
  readonly name: string;
  /** Sorted by name, then `le` or `quantile`. */
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What a family exports, in the order of the text format. */
export function samplesOf(family: Family): Sample[] {
  return family.series.flatMap(({ labels, value, points, sum, count }): Sample[] => {
    const { name, type } = family;
    if (type !== "histogram" && type !== "summary") return [{ name, labels, value }];
    // A histogram without its last bucket gets it.
    const all =
      type === "histogram" && !points.some(({ at }) => at === Infinity)
        ? [...points, { at: Infinity, value: count }]
        : points;
    return [
      ...all.map((point) => ({
        name: type === "histogram" ? `${name}_bucket` : name,
        labels: new Map([
          ...labels,
          [type === "histogram" ? "le" : "quantile", formatGoFloat(point.at)],
        ]),
        value: point.value,
      })),
      { name: `${name}_sum`, labels, value: sum },
      { name: `${name}_count`, labels, value: count },
    ];
  });
}
