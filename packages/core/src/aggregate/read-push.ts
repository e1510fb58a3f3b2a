import { checkValues } from "./check-values.js";
import type { SnapshotLine } from "./line.js";
import { readAlong } from "./read-along.js";
import { readSnapshot } from "./read-snapshot.js";
import type { Shape } from "./shape.js";

/** A push that was read and found valid, before it is known whether it is new. */
export interface ReadPush {
  readonly sequence: number;
  /** The newest acknowledged sequence number; 0 if there is none. */
  readonly acknowledged: number;
  /** One for each line, and maybe more after them. Observations of buckets are not cumulative. */
  readonly values: Float64Array;
  readonly lines: readonly SnapshotLine[];
  /** The shape with these lines, if it was the one that was expected. */
  readonly shape: Shape | undefined;
}

/** Values of the push that is being read, for shapes of ordinary length. */
const scratch = new Float64Array(1_024);

/**
 * @param labelNames the labels of the group
 * @param expected the shapes of which the snapshot probably has one
 * @returns values that the next call overwrites
 * @throws MalformedSnapshot
 */
export function readPush(
  text: string,
  labelNames: ReadonlySet<string>,
  expected: Iterable<Shape>,
): ReadPush {
  for (const shape of expected) {
    const { lines } = shape;
    const values = lines.length <= scratch.length ? scratch : new Float64Array(lines.length);
    const acknowledged = readAlong(text, shape, values);
    if (acknowledged !== undefined) {
      const sequence = checkValues(lines, values, acknowledged);
      return { sequence, acknowledged, values, lines, shape };
    }
  }
  const { lines, values: written, acknowledged } = readSnapshot(text, labelNames);
  const values = Float64Array.from(written);
  const sequence = checkValues(lines, values, acknowledged);
  return { sequence, acknowledged, values, lines, shape: undefined };
}
