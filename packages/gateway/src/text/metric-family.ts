/** The type of a metric family. A gauge histogram has buckets that may fall, and is exported as a histogram. */
export type FamilyType =
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "untyped";

/** Whether metrics of this type have buckets. */
export function isHistogram(type: FamilyType | undefined): boolean {
  return type === "histogram" || type === "gaugehistogram";
}

/** Label values by name, sorted by name. */
export type Labels = ReadonlyMap<string, string>;

/** A bucket of a histogram, or a quantile of a summary. */
export interface Point {
  /** The value of the label `le` or `quantile`. */
  readonly at: number;
  readonly value: number;
}

/** One series of a family. Of a histogram or summary, all the series with the same labels. */
export interface Series {
  labels: Labels;
  /** Used by counters, gauges and untyped metrics. */
  value: number;
  /** Used by histograms and summaries, in the order of the body. */
  readonly points: Point[];
  sum: number;
  count: number;
  hasTimestamp: boolean;
}

/** All series of one name in one push. */
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

/** @returns a text that is the same only for equal label sets */
export function labelsKey(labels: Labels): string {
  return JSON.stringify([...labels]);
}
