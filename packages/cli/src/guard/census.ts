import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { ageOf } from "../groups/age.js";
import { functionOf, type Group, type Labels, whose } from "../groups/group.js";
import { readGroups } from "../groups/read-groups.js";

/** What a Pushgateway holds, as far as it can be wrong. */
export interface Census {
  readonly groups: number;
  /** By the name of the metric. */
  readonly families: ReadonlyMap<string, readonly Definition[]>;
  /** Groups that a scrape cannot show, or that Prometheus refuses, whatever else there is. */
  readonly odd: readonly OddGroup[];
  /** Groups to which a push was refused, and that have not got everything since. */
  readonly refused: readonly RefusedGroup[];
}

export interface RefusedGroup extends SeenGroup {
  /** Metrics that other groups of the job have and this one lacks, though it was pushed: probably what was refused. */
  readonly lacks: readonly string[];
}

/** A metric as some groups define it. */
export interface Definition {
  readonly type: string;
  /** The help texts that there are, ten at most, and how many groups have each. */
  readonly helps: ReadonlyMap<string, number>;
  readonly groups: number;
  /** When the group was pushed whose push is the oldest, and the newest, in seconds since 1970. */
  readonly oldestPushSeconds: number;
  readonly newestPushSeconds: number;
  /** How many pushes the life has made that has made most; 0 if no life of ours has it. */
  readonly mostPushes: number;
  /** The newest of the groups. */
  readonly example: SeenGroup;
}

/** A group, and whose it is. */
export interface SeenGroup {
  /** Its grouping labels. */
  readonly labels: Labels;
  /** The function's name, if its `target_info` tells. */
  readonly function?: string;
  /** Of the function. */
  readonly version?: string;
  /** An aggregator writes it, and writes it again if it is deleted. */
  readonly isAggregated?: true;
  /** How many seconds ago it was pushed. Undefined if no push has ever succeeded. */
  readonly pushedSecondsAgo?: number;
  /** How many seconds ago a push to it was refused. Undefined if none was. */
  readonly refusedSecondsAgo?: number;
}

export interface OddGroup extends SeenGroup {
  readonly what: "empty-value" | "reserved-label" | "not-utf8" | "empty-name";
  /** The label, or nothing if the name of a metric is empty. */
  readonly label?: string;
}

const MOST_HELPS = 10;
/** Of each kind. The rest comes to light when these are gone. */
const MOST_LISTED = 1_000;

/** Reads all groups once. Memory is bounded by the different metrics, not by the groups. */
export async function takeCensus(pushgateway: Pushgateway, timeoutMs: number): Promise<Census> {
  const families = new Map<string, Map<string, MutableDefinition>>();
  const odd: OddGroup[] = [];
  const refused: { readonly group: SeenGroup; readonly families: ReadonlySet<string> }[] = [];
  const byJob = new Map<string, Set<string>>();
  let count = 0;
  const groups = await readGroups(pushgateway, { timeoutMs });
  const nowSeconds = groups.atMs / 1_000;
  for await (const group of groups) {
    count++;
    for (const [name, family] of group.families) {
      let types = families.get(name);
      if (types === undefined) families.set(name, (types = new Map<string, MutableDefinition>()));
      note(types, family, group, nowSeconds);
    }
    if (odd.length < MOST_LISTED) odd.push(...oddities(group, nowSeconds));
    const { job = "" } = group.labels;
    if (group.refusedAtSeconds > 0) {
      if (refused.length < MOST_LISTED)
        refused.push({ group: seen(group, nowSeconds), families: new Set(group.families.keys()) });
    } else {
      const names = byJob.get(job) ?? new Set();
      for (const name of group.families.keys()) names.add(name);
      byJob.set(job, names);
    }
  }
  return {
    groups: count,
    families: new Map([...families].map(([name, types]) => [name, [...types.values()]])),
    odd,
    refused: refused
      .map(({ group, families }) => ({
        ...group,
        lacks:
          families.size === 0
            ? []
            : [...(byJob.get(group.labels["job"] ?? "") ?? [])].filter(
                (name) => !families.has(name),
              ),
      }))
      .filter(
        ({ lacks, pushedSecondsAgo = Infinity, refusedSecondsAgo = Infinity }) =>
          lacks.length > 0 || refusedSecondsAgo < pushedSecondsAgo,
      ),
  };
}

type MutableDefinition = { -readonly [Name in keyof Definition]: Definition[Name] } & {
  readonly helps: Map<string, number>;
};

function note(
  types: Map<string, MutableDefinition>,
  { type, help }: { readonly type: string; readonly help: string },
  group: Group,
  nowSeconds: number,
): void {
  const { pushedAtSeconds } = group;
  const pushes = group.families.get("prefreeze_snapshot_sequence")?.series[0]?.value ?? 0;
  let known = types.get(type);
  if (known === undefined) {
    known = {
      type,
      helps: new Map(),
      groups: 0,
      oldestPushSeconds: Infinity,
      newestPushSeconds: 0,
      mostPushes: 0,
      example: seen(group, nowSeconds),
    };
    types.set(type, known);
  }
  if (known.helps.size < MOST_HELPS || known.helps.has(help))
    known.helps.set(help, (known.helps.get(help) ?? 0) + 1);
  known.groups++;
  known.mostPushes = Math.max(known.mostPushes, pushes);
  known.oldestPushSeconds = Math.min(known.oldestPushSeconds, pushedAtSeconds);
  if (pushedAtSeconds > known.newestPushSeconds) {
    known.newestPushSeconds = pushedAtSeconds;
    known.example = seen(group, nowSeconds);
  }
}

function oddities(group: Group, nowSeconds: number): OddGroup[] {
  const found: OddGroup[] = [];
  const add = (what: OddGroup["what"], label?: string): void => {
    found.push({ ...seen(group, nowSeconds), what, ...(label !== undefined && { label }) });
  };
  for (const [name, value] of Object.entries(group.labels)) {
    if (value === "") add("empty-value", name);
    if (value.includes("\uFFFD")) add("not-utf8", name);
  }
  for (const [label, part] of [
    ["le", "buckets"],
    ["quantile", "quantiles"],
  ] as const) {
    const clashes = [...group.families.values()].some(({ series }) =>
      series.some((one) => one[part] !== undefined),
    );
    if (label in group.labels && clashes) add("reserved-label", label);
  }
  if (group.families.has("")) add("empty-name");
  return found;
}

/** Whose a group is. */
function seen(group: Group, nowSeconds: number): SeenGroup {
  const { labels, families, pushedAtSeconds, refusedAtSeconds } = group;
  const name = functionOf(group);
  const info = families.get("target_info")?.series[0]?.labels;
  const version = info?.["service_version"] ?? info?.["faas_version"];
  return {
    labels,
    ...(name !== undefined && { function: name }),
    ...(version !== undefined && { version }),
    ...(whose(group) === "aggregator" && { isAggregated: true }),
    ...(pushedAtSeconds > 0 && { pushedSecondsAgo: ageOf(pushedAtSeconds, nowSeconds) }),
    ...(refusedAtSeconds > 0 && { refusedSecondsAgo: ageOf(refusedAtSeconds, nowSeconds) }),
  };
}

/**
 * Reads all groups once more, for those that a caller is looking for.
 *
 * @returns for each question, the groups for which it is true
 */
export async function findGroups(
  pushgateway: Pushgateway,
  timeoutMs: number,
  questions: readonly ((group: Group) => boolean)[],
): Promise<SeenGroup[][]> {
  const found = questions.map((): SeenGroup[] => []);
  if (questions.length === 0) return found;
  const groups = await readGroups(pushgateway, { timeoutMs });
  for await (const group of groups) {
    for (const [index, isWanted] of questions.entries()) {
      if (isWanted(group)) found[index]!.push(seen(group, groups.atMs / 1_000));
    }
  }
  return found;
}
