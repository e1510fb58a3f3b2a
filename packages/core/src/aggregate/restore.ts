import type { Family, Series } from "./family.js";
import { addFamily, createGroup, type Group } from "./group.js";
import { addLine, addShape, noteShape } from "./intern.js";
import { type Life, putNewest } from "./life.js";
import {
  readJsonPiece,
  readLifePiece,
  readTotalsPiece,
  type WrittenFamily,
  type WrittenGroup,
  type WrittenLife,
  type WrittenLine,
  type WrittenOverflow,
  type WrittenSeries,
  type WrittenShape,
} from "./pieces.js";
import type { Line, Shape, Slot } from "./shape.js";
import { CHUNK_LENGTH, growTotals } from "./totals.js";

/** The pieces of one group, by their kind and number. */
type Pieces = Record<string, Map<number, Uint8Array>>;

/** Builds groups from the pieces that were written, in any order. */
export function restoreGroups(
  pieces: Iterable<readonly [key: string, piece: Uint8Array]>,
): Group[] {
  const byGroup = new Map<number, Pieces>();
  for (const [key, piece] of pieces) {
    const [kind = "", group = "", id = "0"] = key.split("/");
    let all = byGroup.get(Number(group));
    if (!all) byGroup.set(Number(group), (all = Object.create(null) as Pieces));
    (all[kind] ??= new Map()).set(Number(id), piece);
  }
  return Array.from(byGroup, ([id, all]) => restoreGroup(id, all));
}

function restoreGroup(id: number, pieces: Pieces): Group {
  const written = jsonsOf<WrittenGroup>({ g: new Map([[0, pieces["g"]!.get(0)!]]) }, "g")[0]![1];
  const group = createGroup(id, written.path, written.labels);
  Object.assign(group, { info: written.info, nowMs: written.nowMs, pushes: written.pushes });
  const families = new Map<number, Family>();
  for (const [id, { overflow: _, definitions, ...rest }] of jsonsOf<WrittenFamily>(pieces, "f")) {
    const kept = definitions.map((each) => ({ ...each }));
    const family = {
      ...rest,
      id,
      overflow: undefined,
      definitions: kept,
      series: new Map(),
      bounds: new Set<number>(),
    };
    families.set(id, family);
    addFamily(group, family);
  }
  for (const [id, { family: familyId, buckets, ...rest }] of jsonsOf<WrittenSeries>(pieces, "s")) {
    const family = families.get(familyId)!;
    const entries = buckets.map(([bound, total]) => [Number(bound), total] as const);
    const series: Series = {
      ...rest,
      pushedValueFromMs: rest.pushedValueFromMs,
      id,
      family,
      buckets: new Map(entries),
      lines: 0,
    };
    for (const [bound] of entries) family.bounds.add(bound);
    // A number that is still zero may not have been written.
    const last = Math.max(
      series.total + (family.type === "summary" ? 1 : 0),
      ...series.buckets.values(),
    );
    growTotals(group.totals, last + 1);
    family.series.set(series.key, series);
    group.series.set(id, series);
  }
  for (const [id, { overflow }] of jsonsOf<WrittenFamily>(pieces, "f"))
    families.get(id)!.overflow = overflow === undefined ? undefined : group.series.get(overflow);
  for (const [chunk, piece] of pieces["t"] ?? []) {
    const numbers = readTotalsPiece(piece);
    growTotals(group.totals, chunk * CHUNK_LENGTH + numbers.length);
    group.totals.numbers.set(numbers, chunk * CHUNK_LENGTH);
  }
  restoreLives(group, restoreLines(group, pieces), families, pieces);
  for (const kind of ["f", "s", "i", "p", "l"])
    for (const id of pieces[kind]?.keys() ?? []) group.nextId = Math.max(group.nextId, id + 1);
  // Nothing of this is news to the store.
  group.changed.clear();
  return group;
}

function restoreLines(group: Group, pieces: Pieces): Map<number, Line> {
  const lines = new Map<number, Line>();
  for (const [id, written] of jsonsOf<WrittenLine>(pieces, "i")) {
    const { series: seriesId, slot: writtenSlot, bound, ...rest } = written;
    const series = seriesId === undefined ? undefined : group.series.get(seriesId);
    let slot: Slot | undefined;
    if (writtenSlot) {
      slot = group.slots.get(writtenSlot.key) ?? { ...writtenSlot, lines: 0 };
      group.slots.set(slot.key, slot);
    }
    const line: Line = {
      ...rest,
      help: rest.help,
      aggregate: rest.aggregate,
      id,
      series,
      slot,
      total: slot?.total ?? -1,
      bound: bound === undefined ? undefined : Number(bound),
      uses: 0,
    };
    lines.set(id, addLine(group, line));
  }
  return lines;
}

function restoreLives(
  group: Group,
  lines: ReadonlyMap<number, Line>,
  families: ReadonlyMap<number, Family>,
  pieces: Pieces,
): void {
  const shapes = new Map<number, Shape>();
  for (const [id, { lines: lineIds, isWhole }] of jsonsOf<WrittenShape>(pieces, "p")) {
    const ofShape = lineIds.map((each) => lines.get(each)!);
    shapes.set(id, addShape(group, id, ofShape, isWhole, -Infinity));
  }
  const lives: (readonly [number, WrittenLife])[] = Array.from(pieces["l"] ?? [], ([id, piece]) => [
    id,
    readLifePiece(piece),
  ]);
  lives.sort(([, a], [, b]) => a.order - b.order);
  for (const [id, { shape: shapeId, missing, overflows, ...rest }] of lives) {
    const shape = shapes.get(shapeId)!;
    shape.lives++;
    const kept = missing.map(([line, value]) => [lines.get(line)!, value] as const);
    for (const [line] of kept) line.uses++;
    const life: Life = {
      ...rest,
      id,
      shape,
      missing: kept.length > 0 ? new Map(kept) : undefined,
      overflows: restoreOverflows(group, families, overflows),
      older: undefined,
      newer: undefined,
    };
    group.lives.byName.set(life.name, life);
    putNewest(group.lives, life);
    for (const used of [...shape.families, ...shape.definitions])
      used.usedAtMs = Math.max(used.usedAtMs, life.atMs);
    group.nowMs = Math.max(group.nowMs, life.atMs);
    group.pushes = Math.max(group.pushes, life.order);
    group.seriesOverLimit += life.seriesOverLimit;
    noteShape(group, shape);
  }
}

function restoreOverflows(
  group: Group,
  families: ReadonlyMap<number, Family>,
  written: readonly WrittenOverflow[],
): Life["overflows"] {
  const overflows = written.map(({ family: id, ...rest }) => {
    const family = families.get(id)!;
    const series = family.overflow!;
    series.lines++;
    // Series that come now have to be told from those that were there when it began.
    group.nextId = Math.max(group.nextId, rest.since);
    return [family, { ...rest, series }] as const;
  });
  return overflows.length > 0 ? new Map(overflows) : undefined;
}

/** The pieces of one kind in the order of their numbers. */
function jsonsOf<T>(pieces: Pieces, kind: string): (readonly [id: number, value: T])[] {
  return Array.from(
    pieces[kind] ?? [],
    ([id, piece]) => [id, readJsonPiece(piece) as T] as const,
  ).sort(([a], [b]) => a - b);
}
