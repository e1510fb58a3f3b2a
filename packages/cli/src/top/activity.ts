import { setTimeout as sleep } from "node:timers/promises";
import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { type Group, keyOf, whose } from "../groups/group.js";
import { readGroups } from "../groups/read-groups.js";

/** What a job has done between two looks at a Pushgateway. */
export interface JobActivity {
  /** The job's name. */
  readonly job: string;
  /** Groups that the gateway holds of it. */
  readonly groups: number;
  /** How many of its pushes were taken. */
  readonly pushesPerSecond: number;
  /** All of them: succeeded, failed and timed out. */
  readonly invocationsPerSecond: number;
  /** Failed and timed out ones. */
  readonly failuresPerSecond: number;
}

/** What happened between two looks. */
export interface Activity {
  /** When the second look was made, in milliseconds since 1970. */
  readonly atMs: number;
  /** Time between the looks. */
  readonly seconds: number;
  /** The busiest first: by invocations, then by pushes. */
  readonly jobs: readonly JobActivity[];
}

/** Totals of one group. */
interface Counts {
  readonly pushes: number;
  readonly invocations: number;
  readonly failures: number;
  readonly pushedAtSeconds: number;
}

/**
 * Looks at a Pushgateway again and again, and tells what each job has done in between: by how much the totals of each of
 * its groups have grown. A group that is new counts in full. It goes on until the caller ends the loop.
 *
 * @param options `intervalMs`: time between the starts of two looks, default 2,000; `timeoutMs`: how long the gateway may be
 *   silent, default 30,000; `signal`: ends the loop
 * @throws ServerFault if the gateway does not answer, or is none
 */
export async function* watchActivity(
  pushgateway: Pushgateway,
  {
    intervalMs = 2_000,
    timeoutMs = 30_000,
    signal,
  }: {
    readonly intervalMs?: number;
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal | undefined;
  } = {},
): AsyncGenerator<Activity> {
  let before: { readonly counts: ReadonlyMap<string, Counts>; readonly at: number } | undefined;
  for (;;) {
    const at = performance.now();
    const counts = new Map<string, Counts>();
    const jobs = new Map<string, Tally>();
    for await (const group of await readGroups(pushgateway, { timeoutMs })) {
      const key = keyOf(group.labels);
      const now = countsOf(group);
      counts.set(key, now);
      const { job = "" } = group.labels;
      let tally = jobs.get(job);
      if (tally === undefined)
        jobs.set(job, (tally = { groups: 0, pushes: 0, invocations: 0, failures: 0 }));
      tally.groups++;
      if (before !== undefined) grow(tally, before.counts.get(key), now, whose(group) !== "others");
    }
    if (before !== undefined) {
      const seconds = (at - before.at) / 1_000;
      yield { atMs: Date.now(), seconds, jobs: busiestFirst(jobs, seconds) };
    }
    before = { counts, at };
    const restMs = Math.max(0, intervalMs - (performance.now() - at));
    await sleep(restMs, undefined, signal && { signal }).catch(() => undefined);
    if (signal?.aborted) return;
  }
}

interface Tally {
  groups: number;
  pushes: number;
  invocations: number;
  failures: number;
}

function grow(tally: Tally, before: Counts | undefined, now: Counts, tellsPushes: boolean): void {
  const growth = (name: "pushes" | "invocations" | "failures"): number =>
    Math.max(0, now[name] - (before?.[name] ?? 0));
  // Of other programs only the time of the newest push is known.
  tally.pushes += tellsPushes
    ? growth("pushes")
    : Number(now.pushedAtSeconds > (before?.pushedAtSeconds ?? 0));
  tally.invocations += growth("invocations");
  tally.failures += growth("failures");
}

function countsOf({ families, pushedAtSeconds }: Group): Counts {
  const sum = (name: string): number =>
    (families.get(name)?.series ?? []).reduce((total, { value = 0 }) => total + value, 0);
  const failures = sum("faas_errors_total") + sum("faas_timeouts_total");
  return {
    pushes: sum("prefreeze_snapshot_sequence") || sum("prefreeze_flushes_total"),
    invocations: sum("faas_invocations_total") + failures,
    failures,
    pushedAtSeconds,
  };
}

function busiestFirst(jobs: ReadonlyMap<string, Tally>, seconds: number): JobActivity[] {
  return [...jobs]
    .map(([job, { groups, pushes, invocations, failures }]) => ({
      job,
      groups,
      pushesPerSecond: pushes / seconds,
      invocationsPerSecond: invocations / seconds,
      failuresPerSecond: failures / seconds,
    }))
    .sort(
      (a, b) =>
        b.invocationsPerSecond - a.invocationsPerSecond ||
        b.pushesPerSecond - a.pushesPerSecond ||
        (a.job < b.job ? -1 : 1),
    );
}
