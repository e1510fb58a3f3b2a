/** Numbers of one chunk. A chunk is what is written to a store when one of its numbers has changed. */
export const CHUNK_LENGTH = 64;

/** The totals of a group: one number for each counter, sum, count and bucket, by its index. */
export interface Totals {
  numbers: Float64Array;
  length: number;
  /** The chunks that have changed, by their index. */
  readonly changed: Set<number>;
}

export function createTotals(): Totals {
  return { numbers: new Float64Array(CHUNK_LENGTH), length: 0, changed: new Set() };
}

/** @returns the index of the first of `count` new numbers, which are zero */
export function extendTotals(totals: Totals, count: number): number {
  const first = totals.length;
  growTotals(totals, first + count);
  return first;
}

export function growTotals(totals: Totals, length: number): void {
  totals.length = Math.max(totals.length, length);
  if (totals.length <= totals.numbers.length) return;
  let room = totals.numbers.length;
  while (room < totals.length) room *= 2;
  const grown = new Float64Array(room);
  grown.set(totals.numbers);
  totals.numbers = grown;
}

/** Adds to one number. What would make it no number is left out. */
export function addToTotal(totals: Totals, index: number, difference: number): void {
  const sum = totals.numbers[index]! + difference;
  if (Number.isNaN(sum)) return;
  totals.numbers[index] = sum;
  totals.changed.add(Math.floor(index / CHUNK_LENGTH));
}
