import { copied } from "./copied.js";
import { leaveOverflows, renewOverflows } from "./count-overflows.js";
import type { Group } from "./group.js";
import { leaveLine, leaveShape, noteShape, shapeOf } from "./intern.js";
import { type Life, putNewest, takeOut } from "./life.js";
import { Kind } from "./line.js";
import { familyChanged, groupChanged, pieceKey, seriesChanged } from "./pieces.js";
import { placeLines } from "./place-lines.js";
import type { ReadPush } from "./read-push.js";
import type { Limits } from "./series-of.js";
import type { Line, Shape, Slot } from "./shape.js";
import { addToTotal } from "./totals.js";

/** A clock that falls behind by more was set back, from a time that was wrong. */
const SET_BACK_MS = 60_000;

/** Otherwise, no life would become silent, and none be forgotten, before the wrong time has come. */
function setBack(group: Group, atMs: number): void {
  group.nowMs = atMs;
  groupChanged(group);
  for (let life = group.lives.newest; life && life.atMs > atMs; life = life.older) {
    life.atMs = atMs;
    group.changedLives.add(life);
  }
  for (const family of group.families) {
    const used = [family, ...family.definitions].filter(({ usedAtMs }) => usedAtMs > atMs);
    for (const each of used) each.usedAtMs = atMs;
    if (used.length > 0) familyChanged(group, family);
  }
  for (const series of group.series.values()) {
    if (series.bornAtMs <= atMs) continue;
    series.bornAtMs = atMs;
    seriesChanged(group, series);
  }
}

/** Makes a push the newest of its life. */
export function takePush(
  group: Group,
  name: string,
  push: ReadPush,
  atMs: number,
  limits: Limits,
): void {
  if (atMs < group.nowMs - SET_BACK_MS) setBack(group, atMs);
  const now = (group.nowMs = Math.max(group.nowMs, atMs));
  let life = group.lives.byName.get(name);
  const { shape, values, overflows, seriesOverLimit } = placeLines(group, life, push, now, limits);
  for (const family of shape.families) family.usedAtMs = now;
  for (const definition of shape.definitions) definition.usedAtMs = now;
  noteShape(group, shape);
  if (!life) {
    shape.lives++;
    life = {
      id: group.nextId++,
      name: copied(name),
      sequence: 0,
      atMs: now,
      order: 0,
      shape,
      values: new Array<number>(shape.lines.length).fill(0),
      missing: undefined,
      overflows: undefined,
      seriesOverLimit: 0,
      older: undefined,
      newer: undefined,
    };
    group.lives.byName.set(name, life);
    keepInfo(group, shape);
  } else {
    takeOut(group.lives, life);
    if (life.shape !== shape) changeShape(group, life, shape);
  }
  addDifferences(group, life, values);
  renewOverflows(group, life, overflows);
  group.seriesOverLimit += seriesOverLimit - life.seriesOverLimit;
  life.seriesOverLimit = seriesOverLimit;
  life.sequence = push.sequence;
  life.atMs = now;
  life.order = ++group.pushes;
  putNewest(group.lives, life);
  group.changedLives.add(life);
}

function addDifferences({ totals }: Group, life: Life, values: Float64Array): void {
  const { lines } = life.shape;
  const known = life.values;
  for (let i = 0; i < known.length; i++) {
    const value = values[i]!;
    const before = known[i]!;
    // Two zeros of a gauge differ in their signs.
    if (value === before && value !== 0) continue;
    const { kind, total: index } = lines[i]!;
    switch (kind) {
      case Kind.counter:
      case Kind.bucket:
      case Kind.summaryCount:
        // A total that falls is a fault of the writer: the highest value stands.
        if (value <= before) continue;
        known[i] = value;
        if (index >= 0) addToTotal(totals, index, value - before);
        break;
      case Kind.sum:
        if (value === before) continue;
        known[i] = value;
        if (index >= 0) addToTotal(totals, index, value - before);
        break;
      case Kind.gauge:
      case Kind.histogramCount:
      case Kind.sequence:
      case Kind.info:
        known[i] = value;
    }
  }
}

/** The next snapshots of a life have other lines. The last values of those that they lack are kept. */
function changeShape(group: Group, life: Life, shape: Shape): void {
  const before = new Map<Slot, readonly [line: Line, value: number]>();
  life.shape.lines.forEach((line, i) => {
    if (line.slot && line.kind !== Kind.gauge) before.set(line.slot, [line, life.values[i]!]);
  });
  for (const [line, value] of life.missing ?? []) before.set(line.slot!, [line, value]);
  const released = life.missing;
  const values = shape.lines.map(({ slot }) => {
    const known = slot && before.get(slot);
    if (known) before.delete(slot);
    return known?.[1] ?? 0;
  });
  const missing = [...before.values()].filter(([, value]) => value !== 0);
  for (const [line] of missing) line.uses++;
  shape.lives++;
  const old = life.shape;
  life.shape = shape;
  life.values = values;
  life.missing = missing.length > 0 ? new Map(missing) : undefined;
  for (const line of released?.keys() ?? []) leaveLine(group, line);
  leaveShape(group, old);
}

function keepInfo(group: Group, { lines }: Shape): void {
  const info = lines.find(({ kind }) => kind === Kind.info);
  if (!info || (group.info?.labels === info.labels && group.info.help === info.help)) return;
  group.info = { help: copied(info.help ?? ""), labels: copied(info.labels) };
  groupChanged(group);
}

/**
 * Forgets all of a life but its sequence number: its first push, which says nothing of what was acknowledged, may
 * still be under way. What it has counted stays in the totals.
 */
export function endLife(group: Group, life: Life): void {
  // When they were last used is otherwise known from the lives.
  for (const family of life.shape.families) familyChanged(group, family);
  changeShape(group, life, shapeOf(group, [], true, group.nowMs));
  for (const line of life.missing?.keys() ?? []) leaveLine(group, line);
  life.missing = undefined;
  forgetOverLimit(group, life);
  group.changedLives.add(life);
}

/** Forgets a life. What it has counted stays in the totals. */
export function forgetLife(group: Group, life: Life): void {
  takeOut(group.lives, life);
  group.lives.byName.delete(life.name);
  group.changedLives.delete(life);
  group.changed.set(pieceKey.life(group, life), undefined);
  // The times of the newest pushes are otherwise known from the lives.
  groupChanged(group);
  for (const family of life.shape.families) familyChanged(group, family);
  for (const line of life.missing?.keys() ?? []) leaveLine(group, line);
  forgetOverLimit(group, life);
  leaveShape(group, life.shape);
}

function forgetOverLimit(group: Group, life: Life): void {
  leaveOverflows(group, life);
  group.seriesOverLimit -= life.seriesOverLimit;
  life.seriesOverLimit = 0;
}
