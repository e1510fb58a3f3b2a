/** A group of a Pushgateway: what one push has left there. */
export interface Group {
  /** The labels that name it. It has no prototype, so a label can have any name. */
  readonly labels: Labels;
  /** When it was pushed last, by the gateway's clock, in seconds since 1970; 0 if no push has succeeded. */
  readonly pushedAtSeconds: number;
  /** When a push to it was last refused, in seconds since 1970; 0 if none was. */
  readonly refusedAtSeconds: number;
  /** By name, without the two that the gateway adds. */
  readonly families: ReadonlyMap<string, Family>;
}

/** The values of labels, by their names. */
export type Labels = Readonly<Record<string, string>>;

/** A metric with its series in one group. */
export interface Family {
  /** In lower case: counter, gauge, histogram, summary, untyped. */
  readonly type: string;
  readonly help: string;
  readonly series: readonly Series[];
}

/** A series, with the labels of its group. A histogram, or a summary, is one. */
export interface Series {
  readonly labels: Labels;
  /** Of a counter, a gauge, or an untyped metric. */
  readonly value?: number;
  /** Of a histogram or a summary. */
  readonly count?: number;
  /** Of a histogram or a summary. */
  readonly sum?: number;
  /** Cumulative counts by upper bound. */
  readonly buckets?: Readonly<Record<string, number>>;
  readonly quantiles?: Readonly<Record<string, number>>;
}

/** Whose a group is: of one life of a function, of an aggregator, or of another program. */
export type Whose = "prefreeze" | "aggregator" | "others";

export function whose({ families }: Pick<Group, "families">): Whose {
  // First, since what is a life's may be pruned.
  if (families.has("prefreeze_instances")) return "aggregator";
  return families.has("prefreeze_snapshot_sequence") ? "prefreeze" : "others";
}

/** Whether the group holds nothing but the time at which a push was refused. */
export function isGhost({ families, pushedAtSeconds }: Group): boolean {
  return families.size === 0 && pushedAtSeconds === 0;
}

/** How many series a scrape gets of the group. */
export function countSeries({ families }: Pick<Group, "families">): number {
  let count = 2;
  for (const { series } of families.values()) {
    for (const { buckets, quantiles, count: observations } of series) {
      const parts = Object.keys(buckets ?? quantiles ?? {}).length;
      if (observations === undefined) count += 1;
      // The gateway writes the last bucket even if it was not pushed.
      else count += parts + 2 + (buckets && !("+Inf" in buckets) ? 1 : 0);
    }
  }
  return count;
}

/** A text that two groups, or two series, share if they have the same labels. */
export function keyOf(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return JSON.stringify(names.map((name) => [name, labels[name]]));
}

/** The labels as Prometheus writes them. */
export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(", ")}}`;
}

/** The function that the group is of, if it tells. */
export function functionOf({ families }: Pick<Group, "families">): string | undefined {
  return families.get("target_info")?.series[0]?.labels["faas_name"];
}
