import type { Overflows } from "./overflow.js";
import type { Line, Shape } from "./shape.js";

/** What is known of one instance's life. */
export interface Life {
  /** Its number in the group. */
  readonly id: number;
  readonly name: string;
  sequence: number;
  /** The time of its newest push, in milliseconds. */
  atMs: number;
  /** Rises with every push of the group. */
  order: number;
  shape: Shape;
  /** The newest values, one for each line of the shape; a bucket's without those below it. */
  values: number[];
  /** The last values of lines that the newest snapshot lacks. */
  missing: Map<Line, number> | undefined;
  /** What it has over the limit of series, by metric. */
  overflows: Overflows | undefined;
  /** How many series of its newest snapshot have none of their own here. */
  seriesOverLimit: number;
  /** Neighbours in the order of their newest pushes. */
  older: Life | undefined;
  newer: Life | undefined;
}

/** Lives in the order of their newest pushes. */
export interface Lives {
  readonly byName: Map<string, Life>;
  oldest: Life | undefined;
  newest: Life | undefined;
}

export function createLives(): Lives {
  return { byName: new Map(), oldest: undefined, newest: undefined };
}

/** Puts a life that is not in the order at its end. */
export function putNewest(lives: Lives, life: Life): void {
  life.older = lives.newest;
  life.newer = undefined;
  if (lives.newest) lives.newest.newer = life;
  else lives.oldest = life;
  lives.newest = life;
}

/** Takes a life out of the order. */
export function takeOut(lives: Lives, life: Life): void {
  if (life.older) life.older.newer = life.newer;
  else lives.oldest = life.newer;
  if (life.newer) life.newer.older = life.older;
  else lives.newest = life.older;
  life.older = life.newer = undefined;
}

/** It was deleted: nothing but its sequence number is known. */
export function isEnded({ shape }: Life): boolean {
  return shape.lines.length === 0;
}
