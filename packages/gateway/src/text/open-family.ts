import {
  isHistogram,
  labelsKey,
  sortedLabels,
  type FamilyType,
  type Series,
} from "./metric-family.js";

/** A family while its lines are read. */
export interface OpenFamily {
  readonly name: string;
  help: string | undefined;
  type: FamilyType | undefined;
  readonly series: Series[];
  /** Of histograms and summaries, by their labels without `le` and `quantile`. */
  readonly byLabels: Map<string, Series>;
}

/** By name. */
export type OpenFamilies = Map<string, OpenFamily>;

/** Which part of a histogram or summary a sample is. */
export type Part = "count" | "sum" | "point";

/** Finds the family of a sample, or makes it. `h_count` is of the histogram `h`, unless a family `h_count` came first. */
export function familyOf(name: string, families: OpenFamilies): { family: OpenFamily; part: Part } {
  const exact = families.get(name);
  if (exact !== undefined) return { family: exact, part: "point" };
  const [, base, suffix] = /^(.+)_(count|sum|bucket)$/s.exec(name) ?? [];
  const parent = base === undefined ? undefined : families.get(base);
  if (
    parent !== undefined &&
    (isHistogram(parent.type) || (parent.type === "summary" && suffix !== "bucket"))
  ) {
    return { family: parent, part: suffix === "count" || suffix === "sum" ? suffix : "point" };
  }
  const family: OpenFamily = {
    name,
    help: undefined,
    type: undefined,
    series: [],
    byLabels: new Map(),
  };
  families.set(name, family);
  return { family, part: "point" };
}

/** Adds a series; the samples of one histogram or summary share theirs. */
export function seriesOf(family: OpenFamily, labels: ReadonlyMap<string, string>): Series {
  const sorted = sortedLabels(labels);
  const isOne = isHistogram(family.type) || family.type === "summary";
  const key = isOne ? labelsKey(sorted) : "";
  const known = isOne ? family.byLabels.get(key) : undefined;
  if (known !== undefined) return known;
  const series: Series = {
    labels: sorted,
    value: 0,
    points: [],
    sum: 0,
    count: 0,
    hasTimestamp: false,
  };
  family.series.push(series);
  if (isOne) family.byLabels.set(key, series);
  return series;
}
