import { LEASE_MS, type Series } from "./family.js";
import type { Group } from "./group.js";
import { isEnded, type Life } from "./life.js";

/** What the lives that were heard of within the lease say together. */
export interface Present {
  readonly lives: number;
  readonly gauges: ReadonlyMap<Series, number>;
}

export function foldGauges({ lives }: Group, atMs: number): Present {
  const gauges = new Map<Series, number>();
  let present = 0;
  let life: Life | undefined = lives.newest;
  while (life && life.atMs > atMs - LEASE_MS) {
    if (!isEnded(life)) present++;
    for (const i of life.shape.gauges) {
      const series = life.shape.lines[i]!.slot?.series;
      if (!series) continue;
      const value = life.values[i]!;
      const newer = gauges.get(series);
      if (newer === undefined) gauges.set(series, value);
      else if (series.family.aggregate !== "last")
        gauges.set(series, folded(series.family.aggregate, newer, value));
    }
    life = life.older;
  }
  return { lives: present, gauges };
}

/** A value that is no number makes the result no number. */
function folded(aggregate: "sum" | "max" | "min", a: number, b: number): number {
  if (aggregate === "sum") return a + b;
  return aggregate === "max" ? Math.max(a, b) : Math.min(a, b);
}
