/** What Prometheus calls the type of a metric family. */
export type FamilyType = "counter" | "gauge" | "histogram" | "summary" | "untyped";

/** Label names to values, sorted by name. */
export type Labels = ReadonlyMap<string, string>;

/** A bucket of a histogram or a quantile of a summary. */
export interface Point {
  /** The `le` or `quantile`. */
  readonly at: number;
  readonly value: number;
}

/** One series of a family; for histograms and summaries, all the series of one label set. */
export interface Series {
  labels: Labels;
  /** Of counters, gauges and untyped metrics. */
  value: number;
  /** Of histograms and summaries, in the order they were pushed. */
  readonly points: Point[];
  sum: number;
  count: number;
  hasTimestamp: boolean;
}

/** The series of one name, as one push brought them. */
export interface Family {
  readonly name: string;
  readonly help: string | undefined;
  readonly type: FamilyType;
  readonly series: readonly Series[];
}

/** @returns the labels sorted by name, as the gateway exports them */
export function sortedLabels(labels: Iterable<readonly [string, string]>): Labels {
  return new Map([...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** @returns a text that two label sets share only when they are the same */
export function labelsKey(labels: Labels): string {
  return JSON.stringify([...labels]);
}
