import type { GaugeAggregate } from "../metrics/metric.js";
import type { Family, Series } from "./family.js";

/**
 * What a life has of one metric over the limit of series. It is kept as sums, not line by line: a snapshot has all
 * totals of its life, so what their sum grows by is what all of them grow by.
 */
export interface Overflow {
  /** Where it adds up. */
  readonly series: Series;
  /**
   * Series of the metric from this number on are part of it: they had no room when it began. So no line ever changes
   * sides, even if there is room later.
   */
  readonly since: number;
  /** The most series of one snapshot that were part of it. */
  lines: number;
  /** The sums, by their index in the totals; a bucket's without those below it. */
  readonly sums: Map<number, number>;
  /** The gauges of the newest snapshot, in each way in which they can add up. */
  gauges: Readonly<Record<GaugeAggregate, number>> | undefined;
}

/** By family. */
export type Overflows = ReadonlyMap<Family, Overflow>;

export function createOverflow(series: Series, since: number): Overflow {
  return { series, since, lines: 0, sums: new Map(), gauges: undefined };
}
