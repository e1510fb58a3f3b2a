import { catalog } from "./catalog.js";
import type { Metric } from "./metric.js";
import { bytesIn, linesOf } from "./room.js";

/** What prefreeze says about itself, and the labels of `target_info`, are the same for everybody. */
const HAS_NONE = /^(prefreeze_|target_info$)/;

/**
 * Gives all series these labels from now on, beside their own. They are written in snapshots and nowhere else.
 */
export function setConstantLabels(labels: Readonly<Record<string, string>>): void {
  const bytes = bytesIn(labels);
  catalog.constantLabels = labels;
  catalog.constantBytes = bytes;
  // Series that exist already were counted without them.
  for (const metric of catalog.metrics.values())
    catalog.bytes += bytes * linesOf(metric) * metric.series.size;
}

/** The constant labels of a metric's series, in their order. Its own labels stand. */
export function constantLabelsOf({
  name,
  labelNames,
}: Pick<Metric, "name" | "labelNames">): readonly (readonly [name: string, value: string])[] {
  const { constantLabels } = catalog;
  if (!constantLabels || HAS_NONE.test(name)) return [];
  return Object.entries(constantLabels).filter(([label]) => !labelNames.includes(label));
}
