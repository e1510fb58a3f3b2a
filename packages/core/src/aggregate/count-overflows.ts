import type { Family } from "./family.js";
import { aggregateOf } from "./fold-gauges.js";
import type { Group } from "./group.js";
import type { Life } from "./life.js";
import { Kind, type SnapshotLine } from "./line.js";
import type { Overflow, Overflows } from "./overflow.js";
import { dropUnusedGauge, totalOf } from "./series-of.js";
import { addToTotal } from "./totals.js";

/** Adds a line of a snapshot to what the snapshot has over the limit. */
export function addLineTo(
  overflow: Overflow,
  group: Group,
  line: SnapshotLine,
  value: number,
): void {
  if (line.kind === Kind.gauge) {
    const { gauges } = overflow;
    overflow.gauges = gauges
      ? {
          last: gauges.last,
          sum: aggregateOf("sum", gauges.sum, value),
          max: aggregateOf("max", gauges.max, value),
          min: aggregateOf("min", gauges.min, value),
        }
      : { last: value, sum: value, max: value, min: value };
    return;
  }
  const index = totalOf(group, overflow.series, line);
  if (index >= 0) overflow.sums.set(index, (overflow.sums.get(index) ?? 0) + value);
}

/** Makes what a snapshot has over the limit the newest of its life, and adds what is more to the totals. */
export function renewOverflows(group: Group, life: Life, newest: Overflows): void {
  const known = life.overflows;
  if (!known && newest.size === 0) return;
  const kept = new Map<Family, Overflow>();
  for (const [family, overflow] of newest)
    kept.set(family, grown(group, known?.get(family), overflow));
  for (const [family, overflow] of known ?? []) {
    // A metric that is missing keeps its last values. A gauge has none that would have to stay.
    if (!kept.has(family) && family.type !== "gauge") kept.set(family, overflow);
    else leave(group, overflow);
  }
  life.overflows = kept.size > 0 ? kept : undefined;
}

export function leaveOverflows(group: Group, life: Life): void {
  for (const overflow of life.overflows?.values() ?? []) leave(group, overflow);
  life.overflows = undefined;
}

function leave(group: Group, { series }: Overflow): void {
  series.lines--;
  dropUnusedGauge(group, series);
}

function grown(group: Group, known: Overflow | undefined, newest: Overflow): Overflow {
  const { series, since, gauges } = newest;
  const sums = known?.sums ?? new Map<number, number>();
  const before = known?.lines ?? 0;
  for (const [index, value] of newest.sums) {
    const last = sums.get(index) ?? 0;
    const isSum = index === series.total && series.family.type !== "counter";
    // If series are missing, what sums of observations have lost is theirs. No other value can fall.
    if (isSum ? newest.lines < before || value === last : value <= last) continue;
    sums.set(index, value);
    addToTotal(group.totals, index, value - last);
  }
  return { series, since, lines: Math.max(before, newest.lines), sums, gauges };
}
