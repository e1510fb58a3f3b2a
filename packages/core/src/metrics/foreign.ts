import { isDevelopment } from "../runtime/development.js";
import { catalog, foreign } from "./catalog.js";
import { type Definition, list, newMetric } from "./define.js";
import { labelNameFault } from "./label-name.js";
import type { Metric, MetricType } from "./metric.js";
import { bytesOf } from "./room.js";
import { placeSeries } from "./series.js";

// Metrics that another library of the same process defines and counts.

/** Who counts a metric. */
export interface Owner {
  /** Its name, for messages. */
  readonly library: string;
}

/**
 * Reserves a name for a metric of another library.
 *
 * @returns who has the name already; undefined if nobody has
 */
export function reserveName(name: string, owner: Owner): string | undefined {
  const other = foreign.get(name);
  // In development, a file that was edited has made a registry anew.
  if (other && other !== owner && !isDevelopment()) return other.library;
  if (other) {
    foreign.set(name, owner);
    return undefined;
  }
  const known = catalog.metrics.get(name);
  if (known && !known.restored) return "prefreeze";
  foreign.set(name, owner);
  return undefined;
}

/** Gives a name back that is reserved for this owner. */
export function releaseName(name: string, owner: Owner): void {
  if (foreign.get(name) === owner) foreign.delete(name);
}

/**
 * Defines a metric whose name is reserved. Its name is not checked. If it was restored from another process, it has
 * the labels that it had there as well, and in that order.
 *
 * @throws TypeError if it is defined with another shape
 */
export function defineForeign(type: MetricType, definition: Definition): Metric {
  const { name, labelNames = [] } = definition;
  const restored = catalog.metrics.get(name);
  if (!restored?.restored) return list(newMetric(type, definition, false));
  for (const label of labelNames) addLabel(restored, label);
  return list(newMetric(type, { ...definition, labelNames: restored.labelNames }, false));
}

/** Who has reserved a name. */
export function ownerOf(name: string): Owner | undefined {
  return foreign.get(name);
}

/** Whether a label of another library's metric can keep its name. */
export function isFreeLabel(name: string): boolean {
  return labelNameFault(name) === undefined && !Object.hasOwn(catalog.takenLabels ?? {}, name);
}

/** Adds a label to a metric that may have series. They have no value of it. */
export function addLabel(metric: Metric, label: string): void {
  if (metric.labelNames.includes(label)) return;
  const before = [...metric.series.values()];
  for (const series of before) catalog.bytes -= bytesOf(series);
  metric.series.clear();
  const labelNames = [...metric.labelNames, label];
  const { shape } = newMetric(metric.type, { ...metric, labelNames }, true);
  Object.assign(metric, { labelNames, shape });
  for (const series of before) {
    series.removed = true;
    const labelValues = [...series.labelValues, ""];
    const grown = { ...series, labelValues, removed: false };
    Object.assign(grown, { text: undefined, encoded: undefined, linePrefixes: undefined });
    placeSeries(grown);
    catalog.bytes += bytesOf(grown);
  }
  // Who wrote down the old series has to start again.
  catalog.changed = undefined;
}
