import type { GaugeAggregate } from "../metrics/metric.js";
import { copied } from "./copied.js";
import type { Family, Series } from "./family.js";
import { addFamily, familyKey, type Group } from "./group.js";
import { Kind, type SnapshotLine } from "./line.js";
import { familyChanged, pieceKey, seriesChanged } from "./pieces.js";
import type { Overflow } from "./overflow.js";
import type { Slot } from "./shape.js";
import { extendTotals } from "./totals.js";
import { sampleNames } from "./sample-names.js";

/** The most different upper bounds of one metric. An observation of a further one counts in the next higher one. */
const MAX_BOUNDS = 1_000;

const OVERFLOW = "_overflow";

export interface Limits {
  readonly maxSeries: number;
  readonly warn: (message: string) => void;
}

/**
 * The family of a line, created with the first one.
 *
 * @returns undefined if there is no room for another one
 */
export function familyOf(
  group: Group,
  line: SnapshotLine,
  atMs: number,
  limits: Limits,
): Family | undefined {
  const { name, type } = line;
  const found = group.familiesByKey.get(familyKey(line));
  if (found) return found;
  if (group.families.length >= limits.maxSeries) {
    warnOfLimit(group, limits);
    return undefined;
  }
  const family: Family = {
    id: group.nextId++,
    name: copied(name),
    type,
    help: copied(line.help ?? ""),
    aggregate: line.aggregate ?? "last",
    usedAtMs: atMs,
    series: new Map(),
    overflow: undefined,
    definitions: [],
    bounds: new Set(),
  };
  const other = sampleNames(family)
    .map((each) => group.familiesBySample.get(each))
    .find((each) => each);
  if (other)
    warnOnce(
      group,
      limits,
      `${name} ${other.name}`,
      other.name === name
        ? `metric "${name}" of job "${group.labels["job"]}" is a ${type} in some instances and a ${other.type} in others: the newest of them is shown`
        : `metrics "${name}" and "${other.name}" of job "${group.labels["job"]}" have series with the same name: the newest of them is shown`,
    );
  addFamily(group, family);
  familyChanged(group, family);
  return family;
}

/** A HELP text or an aggregate that was not there before replaces the earlier one. */
export function renewFamily(group: Group, family: Family, line: SnapshotLine): void {
  if (line.help === undefined) return;
  const aggregate: GaugeAggregate = line.aggregate ?? "last";
  if (family.help === line.help && family.aggregate === aggregate) return;
  Object.assign(family, { help: copied(line.help), aggregate });
  familyChanged(group, family);
}

/** The slot of a line, created with the first one. */
export function slotOf(group: Group, series: Series, line: SnapshotLine): Slot {
  const key = `${series.id} ${line.kind} ${line.bound ?? ""}`;
  const found = group.slots.get(key);
  if (found) return found;
  const slot: Slot = { key, total: totalOf(group, series, line), lines: 0 };
  group.slots.set(key, slot);
  return slot;
}

/** @returns the index of what the line adds up in; -1 if it has no total */
export function totalOf(group: Group, series: Series, { kind, bound }: SnapshotLine): number {
  if (kind === Kind.counter || kind === Kind.sum) return series.total;
  if (kind === Kind.summaryCount) return series.total + 1;
  if (kind !== Kind.bucket) return -1;
  const { bounds } = series.family;
  let kept = bound!;
  if (!bounds.has(kept) && bounds.size >= MAX_BOUNDS && kept !== Infinity) {
    kept = Infinity;
    for (const each of bounds) if (each > bound! && each < kept) kept = each;
  }
  bounds.add(kept);
  let total = series.buckets.get(kept);
  if (total === undefined) {
    total = extendTotals(group.totals, 1);
    series.buckets.set(kept, total);
    seriesChanged(group, series);
  }
  return total;
}

/**
 * The series of a line, created with the first one.
 *
 * @param overflow what the life has of the metric over the limit
 * @returns undefined if there is no room for it, or was none before
 */
export function seriesOf(
  group: Group,
  family: Family,
  line: SnapshotLine,
  overflow: Overflow | undefined,
  atMs: number,
  limits: Limits,
): Series | undefined {
  const found = family.series.get(line.seriesKey);
  if (overflow) return found && found.id < overflow.since ? found : undefined;
  if (found) return found;
  if (group.series.size < limits.maxSeries)
    return newSeries(group, family, line.seriesKey, line.labels, atMs);
  warnOfLimit(group, limits);
  return undefined;
}

/**
 * The series in which lines of a metric add up for which there is no room, created with the first one.
 *
 * @returns undefined if there is no room for it either
 */
export function overflowSeriesOf(
  group: Group,
  family: Family,
  line: SnapshotLine,
  atMs: number,
  limits: Limits,
): Series | undefined {
  if (family.overflow) return family.overflow;
  // Without labels, there is nothing to tell it from.
  if (!line.labels || group.series.size >= 2 * limits.maxSeries) return undefined;
  const labels = line.labels.replaceAll(/="(?:[^"\\]|\\.)*"/g, `="${OVERFLOW}"`);
  const key = labels.split(",").sort().join();
  family.overflow = family.series.get(key) ?? newSeries(group, family, key, labels, atMs);
  familyChanged(group, family);
  return family.overflow;
}

function newSeries(
  group: Group,
  family: Family,
  key: string,
  labels: string,
  atMs: number,
): Series {
  const count = { counter: 1, gauge: 0, histogram: 1, summary: 2 }[family.type];
  const series: Series = {
    id: group.nextId++,
    family,
    key: copied(key),
    labels: copied(labels),
    bornAtMs: atMs,
    total: count ? extendTotals(group.totals, count) : -1,
    buckets: new Map(),
    lines: 0,
    pushedValueFromMs: undefined,
    pushedValue: false,
    scrapes: 0,
  };
  family.series.set(series.key, series);
  group.series.set(series.id, series);
  seriesChanged(group, series);
  return series;
}

/** A gauge has no total that would have to stay. */
export function dropUnusedGauge(group: Group, series: Series): void {
  const { family } = series;
  if (family.type !== "gauge" || series.lines > 0) return;
  group.series.delete(series.id);
  family.series.delete(series.key);
  if (family.overflow === series) {
    family.overflow = undefined;
    // After a restart, another series may have its number.
    familyChanged(group, family);
  }
  group.changed.set(pieceKey.series(group, series), undefined);
}

function warnOfLimit(group: Group, limits: Limits): void {
  warnOnce(
    group,
    limits,
    "maxSeries",
    `job "${group.labels["job"]}" has more than ${limits.maxSeries} series: new ones add up as ${OVERFLOW}`,
  );
}

function warnOnce(group: Group, { warn }: Limits, subject: string, message: string): void {
  if (group.warned.has(subject) || group.warned.size > 1_000) return;
  group.warned.add(subject);
  warn(`prefreeze: ${message}`);
}
