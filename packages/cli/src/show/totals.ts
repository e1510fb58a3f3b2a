import { type Group, keyOf, type Labels, type Series } from "../groups/group.js";

/** A metric over the lives of a job. */
export interface MetricTotals {
  /** The metric's name. */
  readonly name: string;
  /** In lower case: counter, gauge, histogram, summary, untyped. */
  readonly type: string;
  /** The help that was seen first. */
  readonly help: string;
  /** One for each set of labels. */
  readonly series: readonly SeriesTotals[];
}

/** A series without its instance. */
export interface SeriesTotals extends Omit<Series, "quantiles"> {
  /** Its labels, without `job` and `instance`. */
  readonly labels: Labels;
  /** How many lives have it. */
  readonly lives: number;
}

/** By name and type: lives of two deployments may differ in both. */
export type Totals = Map<string, MetricSum>;

interface MetricSum {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly series: Map<string, SeriesSum>;
}

interface SeriesSum {
  readonly labels: Labels;
  lives: number;
  value: number | undefined;
  count: number | undefined;
  sum: number | undefined;
  buckets: Record<string, number> | undefined;
  /** Of a gauge: when the value was pushed, in seconds since 1970. */
  atSeconds: number;
}

/** Adds what a group holds. Of gauges, and of metrics without a type, the newest push stands. */
export function addFamilies(totals: Totals, { families, pushedAtSeconds }: Group): void {
  for (const [name, { type, help, series }] of families) {
    const key = `${type} ${name}`;
    let metric = totals.get(key);
    if (metric === undefined) totals.set(key, (metric = { name, type, help, series: new Map() }));
    for (const one of series) add(metric, one, pushedAtSeconds);
  }
}

function add({ type, series }: MetricSum, one: Series, atSeconds: number): void {
  const { instance: _, ...labels } = one.labels;
  const key = keyOf(labels);
  let sum = series.get(key);
  if (sum === undefined) {
    sum = {
      labels,
      lives: 0,
      value: undefined,
      count: undefined,
      sum: undefined,
      buckets: undefined,
      atSeconds: -1,
    };
    series.set(key, sum);
  }
  sum.lives++;
  if (one.value !== undefined) {
    if (type === "counter") sum.value = (sum.value ?? 0) + one.value;
    else if (atSeconds > sum.atSeconds) sum.value = one.value;
  }
  if (one.count !== undefined) {
    sum.count = (sum.count ?? 0) + one.count;
    sum.sum = (sum.sum ?? 0) + (one.sum ?? 0);
  }
  if (one.buckets) sum.buckets = addBuckets(sum.buckets, one.buckets);
  sum.atSeconds = Math.max(sum.atSeconds, atSeconds);
}

/** Lives of two deployments may have other bounds: only those that all have add up. */
function addBuckets(
  sum: Readonly<Record<string, number>> | undefined,
  more: Readonly<Record<string, number>>,
): Record<string, number> {
  if (sum === undefined) return { ...more };
  return Object.fromEntries(
    Object.entries(sum)
      .filter(([bound]) => bound in more)
      .map(([bound, count]) => [bound, count + more[bound]!]),
  );
}

/** The metrics by name, their series by labels, their buckets by bound. */
export function totalsOf(totals: Totals): MetricTotals[] {
  return [...totals.values()]
    .map(({ name, type, help, series }) => ({
      name,
      type,
      help,
      series: [...series]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, { labels, lives, value, count, sum, buckets }]) => ({
          labels,
          lives,
          ...(value !== undefined && { value }),
          ...(count !== undefined && sum !== undefined && { count, sum }),
          ...(buckets !== undefined && { buckets: byBound(buckets) }),
        })),
    }))
    .sort((a, b) => (a.name + a.type < b.name + b.type ? -1 : 1));
}

function byBound(buckets: Readonly<Record<string, number>>): Record<string, number> {
  const bound = (text: string): number => Number(text.replace("Inf", "Infinity"));
  return Object.fromEntries(Object.entries(buckets).sort(([a], [b]) => bound(a) - bound(b)));
}
