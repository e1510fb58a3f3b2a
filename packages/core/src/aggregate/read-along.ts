import type { Shape } from "./shape.js";
import { readNumber } from "./read-number.js";

const LINE_FEED = 10;
const ZERO = 48;
const NINE = 57;
/** A number with so few digits is read digit by digit without an error. */
const MAX_DIGITS = 15;
const ACKNOWLEDGED = "# ACKNOWLEDGED ";

/**
 * Reads a snapshot whose lines are probably those of a shape, without making a text of any of them. It is how nearly
 * all pushes are read.
 *
 * @param values is given the values as they are written; long enough for all
 * @returns the newest acknowledged sequence number, 0 if there is none; undefined if the snapshot has other lines, or
 *   if anything is odd
 */
export function readAlong(
  text: string,
  { lines }: Shape,
  values: Float64Array,
): number | undefined {
  let at = 0;
  for (let i = 0; i < lines.length; i++) {
    const expected = lines[i]!.text;
    // Five times as fast as `startsWith`.
    if (text.slice(at, (at += expected.length)) !== expected) return undefined;
    const from = at;
    let value = 0;
    let code = text.charCodeAt(at);
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      code = text.charCodeAt(++at);
    }
    if (code !== LINE_FEED || at === from || at - from > MAX_DIGITS) {
      at = text.indexOf("\n", from);
      const number = at < 0 ? undefined : readNumber(text.slice(from, at));
      if (number === undefined) return undefined;
      value = number;
    }
    values[i] = value;
  }
  const end = at + 1;
  if (end === text.length) return 0;
  if (!text.startsWith(ACKNOWLEDGED, end) || text.indexOf("\n", end) !== text.length - 1)
    return undefined;
  const sequence = readNumber(text.slice(end + ACKNOWLEDGED.length, -1));
  return sequence !== undefined && Number.isSafeInteger(sequence) && sequence >= 1
    ? sequence
    : undefined;
}
