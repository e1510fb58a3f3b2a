import { catalog } from "./catalog.js";
import type { Metric, Series } from "./metric.js";

/**
 * What the user's labels leave free in a snapshot, in bytes, then what all that is the user's does, then
 * what built-in labels do: that which has few series by construction always finds room.
 */
const FREE_BYTES = { labelled: 100_000, single: 60_000, builtIn: 30_000 };

/** The most lines of all overflow series: metrics can be defined without end, too. */
const MAX_OVERFLOW = 1_000;

/** The value of every label in a metric's overflow series, which takes the recordings without room. */
export const OVERFLOW = "_overflow";

/** Whether a series is the only one that its metric can have for now: there is no other to add up in. */
export function isLast({ labelValues }: Series): boolean {
  return labelValues.every((value) => value === OVERFLOW);
}

/** Takes the room that a new series needs. @returns which limit leaves none; undefined if there is room */
export function takeRoom(series: Series): string | undefined {
  const { metric } = series;
  const weight = weightOf(series);
  const bytes = bytesOf(series);
  if (!metric.builtIn) {
    const { seriesCount, reserved, maxSeries } = catalog;
    const upTo = hasLabels(metric) ? seriesCount + reserved + weight : metric.reservedUpTo;
    const most = catalog.maxBytes - (isLast(series) ? FREE_BYTES.single : FREE_BYTES.labelled);
    if (weight > 0 && upTo > maxSeries) return "maxSeries";
    const overflow = weight === 0 ? linesOf(metric) : 0;
    if (overflow > 0 && catalog.overflow + overflow > MAX_OVERFLOW) return "maxSeries";
    if (catalog.bytes + bytes > most) return `the limit of a snapshot, ${most} bytes`;
    if (reserves(metric)) catalog.reserved -= weight;
    catalog.overflow += overflow;
  }
  catalog.seriesCount += weight;
  catalog.bytes += bytes;
  return undefined;
}

/**
 * Takes the room that a new metric needs. Without labels, that is also the room of its series: it is known
 * already, so a label with too many values cannot take it.
 *
 * @returns false if there is none
 */
export function takeRoomFor(metric: Metric): boolean {
  const bytes = headerBytesOf(metric);
  if (!metric.builtIn && catalog.bytes + bytes > catalog.maxBytes - FREE_BYTES.single) return false;
  catalog.bytes += bytes;
  if (reserves(metric)) catalog.reserved += linesOf(metric);
  metric.reservedUpTo = catalog.seriesCount + catalog.reserved;
  return true;
}

/** Gives back the room of a metric that another definition replaces. */
export function freeRoom(metric: Metric): void {
  catalog.bytes -= headerBytesOf(metric);
  if (reserves(metric) && metric.series.size === 0) catalog.reserved -= linesOf(metric);
  for (const series of metric.series.values()) {
    if (hasLabels(metric) && isLast(series)) catalog.overflow -= linesOf(metric);
    catalog.seriesCount -= weightOf(series);
    catalog.bytes -= bytesOf(series);
  }
}

/** Whether a built-in label may have values that it did not have before. */
export function hasRoom(): boolean {
  return catalog.bytes < catalog.maxBytes - FREE_BYTES.builtIn;
}

function hasLabels({ labelNames }: Metric): boolean {
  return labelNames.length > 0;
}

function reserves(metric: Metric): boolean {
  return !metric.builtIn && !hasLabels(metric);
}

/** Series of the gateway, which are lines of the snapshot. */
function linesOf({ buckets }: Metric): number {
  return buckets ? buckets.length + 3 : 1;
}

/** How many time series of the gateway it takes of `maxSeries`; 0 if it is built in or an overflow series. */
function weightOf(series: Series): number {
  const { metric } = series;
  return metric.builtIn || (hasLabels(metric) && isLast(series)) ? 0 : linesOf(metric);
}

/** The most that the lines of a series can take. */
function bytesOf({ metric, labelValues }: Series): number {
  // Marks and a value of 20 characters, which few values exceed; then a suffix, and `le` with its bound.
  let line = metric.name.length + 24 + (metric.buckets ? 40 : 0);
  metric.labelNames.forEach((label, i) => {
    line += label.length + 2 + escapedBytes(labelValues[i]!);
  });
  return linesOf(metric) * line;
}

/** The most that the lines about a metric can take. */
function headerBytesOf({ name, help }: Metric): number {
  return 3 * name.length + 64 + escapedBytes(help);
}

/** JSON escapes all that the text format escapes. */
function escapedBytes(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}
