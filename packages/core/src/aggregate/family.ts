import type { GaugeAggregate, MetricType } from "../metrics/metric.js";

/** A metric of a group with one type. Another type of the same name is another family. */
export interface Family {
  readonly id: number;
  readonly name: string;
  readonly type: MetricType;
  /** The newest HELP text, escaped. */
  help: string;
  aggregate: GaugeAggregate;
  /** The time of the newest push that had it, in milliseconds. */
  usedAtMs: number;
  /** By their keys. */
  readonly series: Map<string, Series>;
  /** Where series add up for which there is no room. */
  overflow: Series | undefined;
  /** The bounds of its instances, in the order in which they were first seen. */
  readonly definitions: Definition[];
  /** All upper bounds that were ever seen. */
  readonly bounds: Set<number>;
}

/** The upper bounds that a histogram had in some instances. */
export interface Definition {
  /** Without `+Inf`. */
  readonly bounds: readonly number[];
  /** The time of the newest push that had it, in milliseconds. */
  usedAtMs: number;
}

/** One series of a group's totals. A histogram or summary with all its lines is one. */
export interface Series {
  readonly id: number;
  readonly family: Family;
  readonly key: string;
  /** As they are written. */
  readonly labels: string;
  /** The time of the first push that had it, in milliseconds. */
  bornAtMs: number;
  /** The index of its value or sum in the totals, followed by that of a summary's count; -1 for a gauge. */
  readonly total: number;
  /** The index of each bucket in the totals, by its upper bound. */
  readonly buckets: Map<number, number>;
  /** How many lines of instances' snapshots are its, and how many lives have some over the limit in it. */
  lines: number;
  /** Pushed view: undefined before a push with it was acknowledged; then the time from which its value is shown. */
  pushedValueFromMs: number | undefined;
  /** Pushed view: its value was shown, so it stays. */
  pushedValue: boolean;
  /** Scraped view: how many scrapes have shown it. */
  scrapes: number;
}

/** Scrapes, and times the scrape interval, for which a new series shows zero. */
export const ZERO_SCRAPES = 2;

/** How long a life counts as present after its newest push, in milliseconds. */
export const LEASE_MS = 600_000;

/**
 * The newest of several: the one first seen last among those that an instance has used within the lease, or the
 * one that was used last.
 *
 * @param seen in the order in which they were first seen; not empty
 */
export function newestOf<T extends { readonly usedAtMs: number }>(
  seen: readonly T[],
  atMs: number,
): T {
  const used = seen.findLast(({ usedAtMs }) => usedAtMs > atMs - LEASE_MS);
  return used ?? seen.reduce((last, each) => (each.usedAtMs >= last.usedAtMs ? each : last));
}
