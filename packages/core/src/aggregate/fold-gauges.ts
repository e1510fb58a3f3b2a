import type { GaugeAggregate } from "../metrics/metric.js";
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
  const add = (series: Series, value: number) => {
    const newer = gauges.get(series);
    const { aggregate } = series.family;
    gauges.set(series, newer === undefined ? value : aggregateOf(aggregate, newer, value));
  };
  let present = 0;
  let life: Life | undefined = lives.newest;
  while (life && life.atMs > atMs - LEASE_MS) {
    if (!isEnded(life)) present++;
    for (const i of life.shape.gauges) add(life.shape.lines[i]!.series!, life.values[i]!);
    for (const { series, gauges } of life.overflows?.values() ?? [])
      if (gauges) add(series, gauges[series.family.aggregate]);
    life = life.older;
  }
  return { lives: present, gauges };
}

/** Of two gauges that add up. A value that is no number makes the result no number. */
export function aggregateOf(aggregate: GaugeAggregate, newer: number, value: number): number {
  if (aggregate === "last") return newer;
  if (aggregate === "sum") return newer + value;
  return aggregate === "max" ? Math.max(newer, value) : Math.min(newer, value);
}
