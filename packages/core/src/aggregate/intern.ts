import type { Definition, Family, Series } from "./family.js";
import type { Group } from "./group.js";
import { Kind, type SnapshotLine } from "./line.js";
import { familyChanged, lineChanged, pieceKey, shapeChanged } from "./pieces.js";
import { copied } from "./copied.js";
import { dropUnusedGauge, renewFamily, slotOf } from "./series-of.js";
import type { Line, Shape } from "./shape.js";

/** The most different lists of bounds that are kept of one metric. */
const MAX_DEFINITIONS = 100;

/** Finds or creates the shape with these lines. Whoever keeps it counts in its `lives`. */
export function shapeOf(
  group: Group,
  lines: readonly Line[],
  isWhole: boolean,
  atMs: number,
): Shape {
  return (
    group.shapes.get(shapeKey(lines, isWhole)) ??
    addShape(group, group.nextId++, lines, isWhole, atMs)
  );
}

function shapeKey(lines: readonly Line[], isWhole: boolean): string {
  const ids = lines.map(({ id }) => id).join();
  return isWhole ? ids : `${ids} in part`;
}

export function addShape(
  group: Group,
  id: number,
  lines: readonly Line[],
  isWhole: boolean,
  atMs: number,
): Shape {
  for (const line of lines) line.uses++;
  const shape: Shape = {
    id,
    key: shapeKey(lines, isWhole),
    lines,
    isWhole,
    families: [...new Set(lines.flatMap(({ series }) => series?.family ?? []))],
    definitions: definitionsOf(group, lines, atMs),
    gauges: lines.flatMap(({ kind }, i) => (kind === Kind.gauge ? [i] : [])),
    lives: 0,
  };
  group.shapes.set(shape.key, shape);
  shapeChanged(group, shape);
  return shape;
}

/** How many shapes are tried for a new life: two deployments at once, and some orders of their series. */
const RECENT_SHAPES = 4;

/** Notes that a push has this shape. */
export function noteShape({ recentShapes }: Group, shape: Shape): void {
  // That of a deleted life has no lines.
  if (recentShapes[0] === shape || shape.lines.length === 0 || !shape.isWhole) return;
  const before = recentShapes.indexOf(shape);
  if (before >= 0) recentShapes.splice(before, 1);
  recentShapes.unshift(shape);
  if (recentShapes.length > RECENT_SHAPES) recentShapes.pop();
}

/** Takes one life from a shape. What nothing uses any more is forgotten. */
export function leaveShape(group: Group, shape: Shape): void {
  if (--shape.lives > 0) return;
  group.shapes.delete(shape.key);
  group.changed.set(pieceKey.shape(group, shape), undefined);
  const recent = group.recentShapes.indexOf(shape);
  if (recent >= 0) group.recentShapes.splice(recent, 1);
  for (const line of shape.lines) leaveLine(group, line);
}

export function leaveLine(group: Group, line: Line): void {
  if (--line.uses > 0) return;
  group.lines.delete(lineKey(line));
  group.changed.set(pieceKey.line(group, line), undefined);
  const { slot, series } = line;
  if (!slot || --slot.lines > 0) return;
  group.slots.delete(slot.key);
  if (series && --series.lines === 0) dropUnusedGauge(group, series);
}

function lineKey({ type, text }: Pick<SnapshotLine, "type" | "text">): string {
  return `${type} ${text}`;
}

export function findLine(group: Group, line: SnapshotLine): Line | undefined {
  return group.lines.get(lineKey(line));
}

/** @param series what it is a line of; undefined for what is no part of the output */
export function newLine(group: Group, line: SnapshotLine, series: Series | undefined): Line {
  if (series) renewFamily(group, series.family, line);
  const slot =
    series && line.kind !== Kind.histogramCount ? slotOf(group, series, line) : undefined;
  return addLine(group, {
    ...ownCopy(line),
    id: group.nextId++,
    series,
    slot,
    total: slot?.total ?? -1,
    uses: 0,
  });
}

/** The same with texts of their own: a slice would keep the whole push in memory. */
function ownCopy(line: SnapshotLine): SnapshotLine {
  const { text, name, labels, seriesKey, help } = line;
  return {
    ...line,
    text: copied(text),
    name: copied(name),
    labels: copied(labels),
    seriesKey: copied(seriesKey),
    help: help === undefined ? undefined : copied(help),
  };
}

export function addLine(group: Group, line: Line): Line {
  group.lines.set(lineKey(line), line);
  if (line.slot && line.slot.lines++ === 0) line.series!.lines++;
  lineChanged(group, line);
  return line;
}

/** The lists of bounds of histograms, created with the first one that has each. */
export function definitionsOf(
  group: Group,
  lines: readonly Pick<Line, "series" | "bound">[],
  atMs: number,
): Definition[] {
  const found = new Set<Definition>();
  let bounds: number[] = [];
  for (const { series, bound } of lines) {
    if (bound === undefined || !series) continue;
    if (bound !== Infinity) {
      bounds.push(bound);
      continue;
    }
    found.add(definitionOf(group, series.family, bounds, atMs));
    bounds = [];
  }
  return [...found];
}

function definitionOf(
  group: Group,
  family: Family,
  bounds: readonly number[],
  atMs: number,
): Definition {
  const key = bounds.join();
  let definition = family.definitions.find((each) => each.bounds.join() === key);
  if (!definition) {
    family.definitions.push((definition = { bounds, usedAtMs: atMs }));
    if (family.definitions.length > MAX_DEFINITIONS) family.definitions.shift();
    familyChanged(group, family);
  }
  return definition;
}
