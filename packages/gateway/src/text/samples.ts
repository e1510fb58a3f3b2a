import { formatGoFloat } from "./go-float.js";
import { isHistogram, type Family } from "./metric-family.js";

/** One sample, a line of the text format. */
export interface Sample {
  /** The name, with its suffix `_bucket`, `_sum` or `_count` if it has one. */
  readonly name: string;
  /** Sorted by name, then `le` or `quantile`. */
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** @returns the samples of a family, in the order of the text format */
export function samplesOf(family: Family): Sample[] {
  return family.series.flatMap(({ labels, value, points, sum, count }): Sample[] => {
    const { name, type } = family;
    const hasBuckets = isHistogram(type);
    if (!hasBuckets && type !== "summary") return [{ name, labels, value }];
    // A histogram without a bucket +Inf gets one.
    const all =
      hasBuckets && !points.some(({ at }) => at === Infinity)
        ? [...points, { at: Infinity, value: count }]
        : points;
    return [
      ...all.map((point) => ({
        name: hasBuckets ? `${name}_bucket` : name,
        labels: new Map([...labels, [hasBuckets ? "le" : "quantile", formatGoFloat(point.at)]]),
        value: point.value,
      })),
      { name: `${name}_sum`, labels, value: sum },
      { name: `${name}_count`, labels, value: count },
    ];
  });
}
