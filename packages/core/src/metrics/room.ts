import { catalog } from "./catalog.js";
import type { Metric, Series } from "./metric.js";

/**
 * What the user's labels leave free in a snapshot, in bytes, then what all that is the user's does, then
 * what built-in labels do: that which has few series by construction always finds room.
 */
const FREE_BYTES = { labelled: 100_000, single: 60_000, builtIn: 30_000 };

/** The most lines of all overflow series: metrics can be defined without end, too. */
const MAX_OVERFLOW = 1_000;

export const SNAPSHOT_LIMIT = "the limit of a snapshot";

/** The value of every label in a metric's overflow series, which takes the recordings without room. */
export const OVERFLOW = "_overflow";

/** Whether a series is the only one that its metric can have for now: there is no other to add up in. */
export function isLast({ labelValues }: Series): boolean {
  return labelValues.every((value) => value === OVERFLOW);
}

/** Takes the room that a new series needs. @returns which limit leaves none; undefined if there is room */
export function takeRoom(series: Series): string | undefined {
  const { metric } = series;
  const counted = countedAs(series);
  const lines = linesOf(metric);
  const bytes = bytesOf(series);
  if (!metric.builtIn) {
    const upTo = counted ? catalog[counted] + lines : metric.reservedUpTo;
    if (upTo > (counted === "overflow" ? MAX_OVERFLOW : catalog.maxSeries)) return "maxSeries";
    const free = isLast(series) ? FREE_BYTES.single : FREE_BYTES.labelled;
    if (catalog.bytes + bytes > catalog.maxBytes - free) return SNAPSHOT_LIMIT;
  }
  if (counted) catalog[counted] += lines;
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
  if (isSingle(metric)) catalog.seriesCount += linesOf(metric);
  metric.reservedUpTo = catalog.seriesCount;
  return true;
}

/** Gives back the room of a metric that another definition replaces. */
export function freeRoom(metric: Metric): void {
  catalog.bytes -= headerBytesOf(metric);
  if (isSingle(metric)) catalog.seriesCount -= linesOf(metric);
  for (const series of metric.series.values()) freeRoomOf(series);
}

/** Gives back the room of a series that is removed. */
export function freeRoomOf(series: Series): void {
  const counted = countedAs(series);
  if (counted) catalog[counted] -= linesOf(series.metric);
  catalog.bytes -= bytesOf(series);
}

/** Whether a built-in label may have values that it did not have before. */
export function hasRoom(): boolean {
  return catalog.bytes < catalog.maxBytes - FREE_BYTES.builtIn;
}

/** A user's metric without labels: its one series is counted when the metric is defined. */
function isSingle({ builtIn, labelNames }: Metric): boolean {
  return !builtIn && labelNames.length === 0;
}

function countedAs(series: Series): "seriesCount" | "overflow" | undefined {
  const { metric } = series;
  if (metric.builtIn || isSingle(metric)) return undefined;
  return isLast(series) ? "overflow" : "seriesCount";
}

/** Series of the gateway, which are lines of the snapshot. */
export function linesOf({ buckets }: Metric): number {
  return buckets ? buckets.length + 3 : 1;
}

/** The most that the lines of a series can take. */
export function bytesOf({ metric, labelValues }: Series): number {
  // Marks and a value of 20 characters, which few values exceed; then a suffix, and `le` with its bound.
  const more = 24 + (metric.buckets ? 40 : 0) + catalog.constantBytes;
  return linesOf(metric) * (metric.name.length + more + bytesIn([metric.labelNames, labelValues]));
}

/** The most that the lines about a metric can take. */
function headerBytesOf({ name, help }: Metric): number {
  return 3 * name.length + 64 + bytesIn(help);
}

/**
 * JSON escapes all that the text format escapes, and its marks take no less. It has no lone surrogates either.
 *
 * Without `TextEncoder`, which the globals of jsdom lack: a definition must not throw there.
 */
export function bytesIn(texts: unknown): number {
  const json = (JSON.stringify(texts) as string | undefined) ?? "";
  return /^[\0-\x7f]*$/.test(json)
    ? json.length
    : encodeURIComponent(json).replaceAll(/%../g, "x").length;
}
