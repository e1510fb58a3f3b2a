import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { ageOf } from "../groups/age.js";
import { countSeries, functionOf, keyOf, type Labels, type Whose, whose } from "../groups/group.js";
import { readGroups } from "../groups/read-groups.js";
import { addFamilies, totalsOf, type MetricTotals, type Totals } from "./totals.js";

/** One group of a job: a life of a function, or what another program has pushed. */
export interface ShownLife {
  /** Its grouping labels. */
  readonly labels: Labels;
  /** Whose group it is. */
  readonly whose: Whose;
  /** The function's name, if its `target_info` tells. */
  readonly function?: string;
  /** How many seconds ago it pushed. Undefined if no push has ever succeeded. */
  readonly pushedSecondsAgo?: number;
  /** How many seconds ago a push to it was refused. Undefined if none was. */
  readonly refusedSecondsAgo?: number;
  /** As a scrape counts them: each bucket is one. */
  readonly series: number;
  /** How many pushes it has begun, if it tells. */
  readonly sequence?: number;
}

/** What a Pushgateway holds of one job. */
export interface ShownJob {
  /** The job's name. */
  readonly job: string;
  /** The newest first. Empty if the gateway holds no group of that job and instance. */
  readonly lives: readonly ShownLife[];
  /** By name: counters, histograms and summaries added up over the lives; of gauges, the value of the newest life. */
  readonly metrics: readonly MetricTotals[];
}

/**
 * Shows the groups of a job and its values. Memory is bounded by the lives of that job, and by its different series.
 *
 * @param options `instance`: only this one; `timeoutMs`: how long the gateway may be silent, default 30,000
 * @throws ServerFault if the gateway does not answer, or is none
 */
export async function showJob(
  pushgateway: Pushgateway,
  job: string,
  {
    instance,
    timeoutMs = 30_000,
  }: { readonly instance?: string | undefined; readonly timeoutMs?: number } = {},
): Promise<ShownJob> {
  const groups = await readGroups(pushgateway, { timeoutMs });
  const nowSeconds = groups.atMs / 1_000;
  const lives: { readonly life: ShownLife; readonly pushedAtSeconds: number }[] = [];
  const totals: Totals = new Map();
  for await (const group of groups) {
    if (group.labels["job"] !== job) continue;
    if (instance !== undefined && group.labels["instance"] !== instance) continue;
    const { pushedAtSeconds, refusedAtSeconds } = group;
    const sequence = group.families.get("prefreeze_snapshot_sequence")?.series[0]?.value;
    const name = functionOf(group);
    const life = {
      labels: group.labels,
      whose: whose(group),
      ...(name !== undefined && { function: name }),
      ...(pushedAtSeconds > 0 && { pushedSecondsAgo: ageOf(pushedAtSeconds, nowSeconds) }),
      ...(refusedAtSeconds > 0 && { refusedSecondsAgo: ageOf(refusedAtSeconds, nowSeconds) }),
      series: countSeries(group),
      ...(sequence !== undefined && { sequence }),
    };
    lives.push({ life, pushedAtSeconds });
    addFamilies(totals, group);
  }
  lives.sort(
    (a, b) =>
      b.pushedAtSeconds - a.pushedAtSeconds ||
      (keyOf(a.life.labels) < keyOf(b.life.labels) ? -1 : 1),
  );
  return { job, lives: lives.map(({ life }) => life), metrics: totalsOf(totals) };
}
