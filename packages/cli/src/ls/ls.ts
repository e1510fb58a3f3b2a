import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { ageOf } from "../groups/age.js";
import { countSeries, type Whose, whose } from "../groups/group.js";
import { readGroups } from "../groups/read-groups.js";

/** What a Pushgateway holds of one job, of one kind of groups. */
export interface JobSummary {
  /** The job's name. */
  readonly job: string;
  /** Whose groups they are. */
  readonly whose: Whose;
  /** How many groups there are. */
  readonly groups: number;
  /** Instances that pushed to the aggregator within the last 10 minutes. Only if the groups are an aggregator's. */
  readonly instances?: number;
  /** As a scrape counts them: each bucket is one. */
  readonly series: number;
  /** How many seconds ago the group was pushed whose last push is the oldest. Undefined if no push has ever succeeded. */
  readonly oldestPushSeconds?: number;
  /** How many seconds ago the job pushed last. Undefined if no push has ever succeeded. */
  readonly newestPushSeconds?: number;
  /** Groups whose last push was refused. */
  readonly refused: number;
}

/** A type, since an interface could not be turned into what callers print. */
type Counted = {
  -readonly [Name in keyof Required<JobSummary>]: JobSummary[Name];
};

/**
 * Lists the jobs of which a Pushgateway holds groups, by name. Memory is bounded by the jobs, not by the groups.
 *
 * @param options `timeoutMs`: how long the gateway may be silent; default 30,000
 * @throws ServerFault if the gateway does not answer, or is none
 */
export async function listJobs(
  pushgateway: Pushgateway,
  { timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {},
): Promise<JobSummary[]> {
  const groups = await readGroups(pushgateway, { timeoutMs });
  const nowSeconds = groups.atMs / 1_000;
  const jobs = new Map<string, Counted>();
  for await (const group of groups) {
    const { job = "" } = group.labels;
    const owner = whose(group);
    const key = JSON.stringify([job, owner]);
    let counted = jobs.get(key);
    if (counted === undefined) {
      counted = {
        job,
        whose: owner,
        groups: 0,
        instances: undefined,
        series: 0,
        oldestPushSeconds: undefined,
        newestPushSeconds: undefined,
        refused: 0,
      };
      jobs.set(key, counted);
    }
    counted.groups++;
    counted.series += countSeries(group);
    if (group.refusedAtSeconds > group.pushedAtSeconds) counted.refused++;
    const instances = group.families.get("prefreeze_instances")?.series[0]?.value;
    if (owner === "aggregator") counted.instances = (counted.instances ?? 0) + (instances ?? 0);
    if (group.pushedAtSeconds === 0) continue;
    const age = ageOf(group.pushedAtSeconds, nowSeconds);
    counted.oldestPushSeconds = Math.max(counted.oldestPushSeconds ?? age, age);
    counted.newestPushSeconds = Math.min(counted.newestPushSeconds ?? age, age);
  }
  return [...jobs.values()]
    .map(({ instances, oldestPushSeconds, newestPushSeconds, ...rest }) => ({
      ...rest,
      ...(instances !== undefined && { instances }),
      ...(oldestPushSeconds !== undefined && { oldestPushSeconds }),
      ...(newestPushSeconds !== undefined && { newestPushSeconds }),
    }))
    .sort((a, b) => compare(a.job, b.job) || compare(a.whose, b.whose));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
