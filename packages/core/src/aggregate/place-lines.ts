import { addLineTo } from "./count-overflows.js";
import type { Family } from "./family.js";
import type { Group } from "./group.js";
import { definitionsOf, findLine, newLine, shapeOf } from "./intern.js";
import type { Life } from "./life.js";
import { Kind, type SnapshotLine } from "./line.js";
import { createOverflow, type Overflow, type Overflows } from "./overflow.js";
import { familyChanged } from "./pieces.js";
import type { ReadPush } from "./read-push.js";
import { familyOf, type Limits, overflowSeriesOf, renewFamily, seriesOf } from "./series-of.js";
import type { Line, Shape } from "./shape.js";

/** The lines of a push, by where they add up. */
export interface PlacedLines {
  /** Those that have series of their own. */
  readonly shape: Shape;
  /** One for each line of the shape. */
  readonly values: Float64Array;
  /** Those that are over the limit of series, by metric. */
  readonly overflows: Overflows;
  /** How many series have none of their own. */
  readonly seriesOverLimit: number;
}

const NONE: Overflows = new Map();

/** @param life the life, if it is known */
export function placeLines(
  group: Group,
  life: Life | undefined,
  { lines: read, values, shape: expected }: ReadPush,
  atMs: number,
  limits: Limits,
): PlacedLines {
  // To make room for this life, the last one with the shape may have been forgotten.
  if (expected && expected.lives > 0)
    return { shape: expected, values, overflows: NONE, seriesOverLimit: 0 };
  const lines: Line[] = [];
  const over: Pick<Line, "series" | "bound">[] = [];
  const overflows = new Map<Family, Overflow>();
  let isWhole = true;
  let seriesOverLimit = 0;
  for (const [i, line] of read.entries()) {
    const placed = placeLine(group, life, overflows, line, atMs, limits);
    if (placed && "uses" in placed) {
      values[lines.length] = values[i]!;
      lines.push(placed);
      continue;
    }
    isWhole = false;
    if (isLastOfSeries(line)) seriesOverLimit++;
    if (!placed) continue;
    addLineTo(placed, group, line, values[i]!);
    over.push({ series: placed.series, bound: line.bound });
  }
  for (const used of [...overflows.keys(), ...definitionsOf(group, over, atMs)])
    used.usedAtMs = atMs;
  // The times of other metrics are known from the shapes of lives.
  for (const family of overflows.keys()) familyChanged(group, family);
  return { shape: shapeOf(group, lines, isWhole, atMs), values, overflows, seriesOverLimit };
}

/** @returns undefined if it is left out */
function placeLine(
  group: Group,
  life: Life | undefined,
  overflows: Map<Family, Overflow>,
  line: SnapshotLine,
  atMs: number,
  limits: Limits,
): Line | Overflow | undefined {
  const found = findLine(group, line);
  if (line.kind === Kind.sequence || line.kind === Kind.info)
    return found ?? newLine(group, line, undefined);
  const family = found?.series?.family ?? familyOf(group, line, atMs, limits);
  if (!family) return undefined;
  const known = life?.overflows?.get(family);
  // A gauge has no total in which it could count twice.
  const sticky = family.type === "gauge" ? undefined : (overflows.get(family) ?? known);
  const series = seriesOf(group, family, line, sticky, atMs, limits);
  if (series) return found ?? newLine(group, line, series);
  let overflow = overflows.get(family);
  if (!overflow) {
    // Before the series that they share: an instance can have one with the same labels, which stays part of it.
    const since = known?.since ?? group.nextId;
    const shared = overflowSeriesOf(group, family, line, atMs, limits);
    if (!shared) return undefined;
    overflow = createOverflow(shared, since);
    overflows.set(family, overflow);
    // At once: otherwise, the lines that the life has no more could take a gauge with them.
    shared.lines++;
    if (!known) renewFamily(group, family, line);
  }
  if (isLastOfSeries(line)) overflow.lines++;
  return overflow;
}

function isLastOfSeries({ kind }: SnapshotLine): boolean {
  return kind !== Kind.sum && kind !== Kind.bucket;
}
