import type { Definition, Family, Series } from "./family.js";
import type { Group } from "./group.js";
import type { Life } from "./life.js";
import type { Overflow } from "./overflow.js";
import type { Line, Shape } from "./shape.js";
import { CHUNK_LENGTH } from "./totals.js";

/** Rises when older programs could not read the pieces. */
export const PIECES_FORMAT = 2;

/** The key of a piece: its kind, the number of its group, and its own number. */
export const pieceKey = {
  group: ({ id }: Pick<Group, "id">) => `g/${id}`,
  family: (group: Group, { id }: Pick<Family, "id">) => `f/${group.id}/${id}`,
  series: (group: Group, { id }: Pick<Series, "id">) => `s/${group.id}/${id}`,
  line: (group: Group, { id }: Pick<Line, "id">) => `i/${group.id}/${id}`,
  shape: (group: Group, { id }: Pick<Shape, "id">) => `p/${group.id}/${id}`,
  totals: (group: Group, chunk: number) => `t/${group.id}/${chunk}`,
  life: (group: Group, { id }: Pick<Life, "id">) => `l/${group.id}/${id}`,
};

/** The keys of all pieces of a group, those included that are still to be written or deleted. */
export function* keysOf(group: Group): Iterable<string> {
  yield pieceKey.group(group);
  for (const family of group.families) yield pieceKey.family(group, family);
  for (const series of group.series.values()) yield pieceKey.series(group, series);
  for (const line of group.lines.values()) yield pieceKey.line(group, line);
  for (const shape of group.shapes.values()) yield pieceKey.shape(group, shape);
  for (const life of group.lives.byName.values()) yield pieceKey.life(group, life);
  for (let chunk = 0; chunk * CHUNK_LENGTH < group.totals.length; chunk++)
    yield pieceKey.totals(group, chunk);
  yield* group.changed.keys();
}

export function groupChanged(group: Group): void {
  group.changed.set(pieceKey.group(group), () => writtenGroup(group));
}

export function familyChanged(group: Group, family: Family): void {
  group.changed.set(pieceKey.family(group, family), () => writtenFamily(family));
}

export function seriesChanged(group: Group, series: Series): void {
  group.changed.set(pieceKey.series(group, series), () => writtenSeries(series));
}

export function lineChanged(group: Group, line: Line): void {
  group.changed.set(pieceKey.line(group, line), () => writtenLine(line));
}

export function shapeChanged(group: Group, shape: Shape): void {
  group.changed.set(pieceKey.shape(group, shape), () => writtenShape(shape));
}

export type WrittenGroup = Pick<Group, "path" | "labels" | "info" | "nowMs" | "pushes">;

function writtenGroup({ path, labels, info, nowMs, pushes }: Group): WrittenGroup {
  return { path, labels, info, nowMs, pushes };
}

export type WrittenFamily = Pick<Family, "name" | "type" | "help" | "aggregate" | "usedAtMs"> & {
  readonly overflow: number | undefined;
  readonly definitions: readonly Definition[];
};

function writtenFamily(family: Family): WrittenFamily {
  const { name, type, help, aggregate, usedAtMs, definitions, overflow } = family;
  return { name, type, help, aggregate, usedAtMs, definitions, overflow: overflow?.id };
}

export type WrittenSeries = Omit<Series, "id" | "family" | "buckets" | "lines"> & {
  readonly family: number;
  /** The bounds as texts: JSON has no infinity. */
  readonly buckets: readonly (readonly [bound: string, total: number])[];
};

function writtenSeries({ id: _, lines: __, family, buckets, ...rest }: Series): WrittenSeries {
  return {
    ...rest,
    family: family.id,
    buckets: Array.from(buckets, ([bound, total]) => [`${bound}`, total] as const),
  };
}

export interface WrittenShape {
  readonly lines: readonly number[];
  readonly isWhole: boolean;
}

function writtenShape({ lines, isWhole }: Shape): WrittenShape {
  return { lines: lines.map(({ id }) => id), isWhole };
}

export type WrittenLine = Omit<
  Line,
  "id" | "slot" | "total" | "family" | "series" | "uses" | "bound"
> & {
  readonly bound: string | undefined;
  readonly series: number | undefined;
  readonly slot: { readonly key: string; readonly total: number } | undefined;
};

function writtenLine({
  id: _,
  uses: __,
  total: ___,
  series,
  slot,
  bound,
  ...rest
}: Line): WrittenLine {
  return {
    ...rest,
    bound: bound === undefined ? undefined : `${bound}`,
    series: series?.id,
    slot: slot && { key: slot.key, total: slot.total },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function jsonPiece(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

export function readJsonPiece(piece: Uint8Array): unknown {
  return JSON.parse(decoder.decode(piece));
}

/** The numbers before the values of a life. */
const LIFE_HEADER = 9;
/** The numbers before the sums of what a life has of a metric over the limit. */
const OVERFLOW_HEADER = 5;

/** The piece of a life: numbers, then its name. */
export function lifePiece({
  name,
  sequence,
  atMs,
  order,
  shape,
  values,
  missing,
  overflows,
  seriesOverLimit,
}: Life): Uint8Array {
  const nameBytes = encoder.encode(name);
  const over = Array.from(overflows ?? [], ([family, each]) =>
    overflowNumbers(family, each),
  ).flat();
  const count = LIFE_HEADER + values.length + 2 * (missing?.size ?? 0) + over.length;
  const piece = new Uint8Array(count * 8 + nameBytes.length);
  const numbers = new Float64Array(piece.buffer, 0, count);
  numbers[0] = PIECES_FORMAT;
  numbers[1] = sequence;
  numbers[2] = atMs;
  numbers[3] = order;
  numbers[4] = shape.id;
  numbers[5] = values.length;
  numbers[6] = missing?.size ?? 0;
  numbers[7] = overflows?.size ?? 0;
  numbers[8] = seriesOverLimit;
  numbers.set(values, LIFE_HEADER);
  let at = LIFE_HEADER + values.length;
  for (const [line, value] of missing ?? []) {
    numbers[at++] = line.id;
    numbers[at++] = value;
  }
  numbers.set(over, at);
  piece.set(nameBytes, count * 8);
  return piece;
}

function overflowNumbers(
  family: Family,
  { since, lines, sums, gauges }: Overflow,
): readonly number[] {
  const ofGauges = gauges ? [gauges.last, gauges.sum, gauges.max, gauges.min] : [];
  return [family.id, since, lines, sums.size, ofGauges.length, ...[...sums].flat(), ...ofGauges];
}

export interface WrittenOverflow {
  readonly family: number;
  readonly since: number;
  readonly lines: number;
  readonly sums: Map<number, number>;
  readonly gauges: Overflow["gauges"];
}

export interface WrittenLife {
  readonly name: string;
  readonly sequence: number;
  readonly atMs: number;
  readonly order: number;
  readonly shape: number;
  readonly values: number[];
  readonly missing: readonly (readonly [line: number, value: number])[];
  readonly overflows: readonly WrittenOverflow[];
  readonly seriesOverLimit: number;
}

export function readLifePiece(piece: Uint8Array): WrittenLife {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  const number = (i: number) => view.getFloat64(i * 8, true);
  if (number(0) !== PIECES_FORMAT)
    throw new Error(`the state has format ${number(0)}, and this version reads ${PIECES_FORMAT}`);
  const length = number(5);
  const values = new Array<number>(length);
  for (let i = 0; i < length; i++) values[i] = number(LIFE_HEADER + i);
  const missing: [number, number][] = [];
  let at = LIFE_HEADER + length;
  for (let i = 0; i < number(6); i++, at += 2) missing.push([number(at), number(at + 1)]);
  const overflows: WrittenOverflow[] = [];
  for (let i = 0; i < number(7); i++) {
    const [family, since, lines, sumCount, gaugeCount] = [0, 1, 2, 3, 4].map((j) => number(at + j));
    at += OVERFLOW_HEADER;
    const sums = new Map<number, number>();
    for (let j = 0; j < sumCount!; j++, at += 2) sums.set(number(at), number(at + 1));
    const gauges =
      gaugeCount! > 0
        ? { last: number(at), sum: number(at + 1), max: number(at + 2), min: number(at + 3) }
        : undefined;
    at += gaugeCount!;
    overflows.push({ family: family!, since: since!, lines: lines!, sums, gauges });
  }
  return {
    name: decoder.decode(piece.subarray(at * 8)),
    sequence: number(1),
    atMs: number(2),
    order: number(3),
    shape: number(4),
    values,
    missing,
    overflows,
    seriesOverLimit: number(8),
  };
}

/** The piece of one chunk of a group's totals. */
export function totalsPiece({ totals }: Group, chunk: number): Uint8Array {
  const from = chunk * CHUNK_LENGTH;
  return new Uint8Array(
    totals.numbers.slice(from, Math.min(from + CHUNK_LENGTH, totals.length)).buffer,
  );
}

export function readTotalsPiece(piece: Uint8Array): Float64Array {
  return new Float64Array(piece.slice().buffer);
}

/** What a store may know of a piece by its key. */
export interface PieceName {
  /** A push changes one life, some totals and, if something is new, others. */
  readonly kind: "life" | "totals" | "other";
  /** Pieces of one group have this in common. */
  readonly group: string;
}

/** Reads the key of a piece. */
export function pieceName(key: string): PieceName {
  const [letter, group = ""] = key.split("/");
  return { kind: letter === "l" ? "life" : letter === "t" ? "totals" : "other", group };
}
