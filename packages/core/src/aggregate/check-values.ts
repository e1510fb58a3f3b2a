import { shorten } from "../runtime/shorten.js";
import { Kind, type SnapshotLine } from "./line.js";
import { MalformedSnapshot } from "./malformed-snapshot.js";

/**
 * Checks the values of a snapshot, and turns cumulative buckets into the observations of each bucket.
 *
 * @param values as they are written; changed in place
 * @returns the sequence number
 * @throws MalformedSnapshot
 */
export function checkValues(
  lines: readonly Pick<SnapshotLine, "kind" | "name">[],
  values: Float64Array,
  acknowledged: number,
): number {
  let below = 0;
  let sequence = 0;
  for (let i = 0; i < lines.length; i++) {
    const value = values[i]!;
    switch (lines[i]!.kind) {
      case Kind.counter:
        if (!(value >= 0)) throw fault(lines[i]!, "is below zero or no number");
        break;
      case Kind.bucket:
        if (!Number.isSafeInteger(value) || value < below)
          throw fault(
            lines[i]!,
            "has a bucket that is not a whole number, or below the one before it",
          );
        values[i] = value - below;
        below = value;
        break;
      case Kind.sum:
        if (Number.isNaN(value)) throw fault(lines[i]!, "has a sum that is no number");
        break;
      case Kind.histogramCount:
        if (value !== below) throw fault(lines[i]!, "has a count that is not its last bucket");
        below = 0;
        break;
      case Kind.summaryCount:
        if (!Number.isSafeInteger(value) || value < 0)
          throw fault(lines[i]!, "has a count that is not a whole number");
        break;
      case Kind.sequence:
        if (!Number.isSafeInteger(value) || value < 1)
          throw fault(lines[i]!, "is not a whole number from 1");
        sequence = value;
        break;
      case Kind.gauge:
      case Kind.info:
        break;
    }
  }
  if (acknowledged > sequence)
    throw new MalformedSnapshot("the acknowledged sequence number is above the push's own");
  return sequence;
}

function fault({ name }: Pick<SnapshotLine, "name">, what: string): MalformedSnapshot {
  return new MalformedSnapshot(`metric "${shorten(name, 100)}" ${what}`);
}
