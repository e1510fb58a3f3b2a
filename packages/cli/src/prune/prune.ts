import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { ageOf } from "../groups/age.js";
import { ask, nameOf, type Server, statusFault } from "../groups/ask.js";
import { deleteGroup } from "../groups/delete-group.js";
import { isGhost, keyOf, type Labels, whose } from "../groups/group.js";
import { groupPath } from "../groups/group-path.js";
import { createPace } from "../groups/pace.js";
import { readGroups } from "../groups/read-groups.js";
import { ServerFault } from "../groups/server-fault.js";
import { askScraped, type WasScraped } from "./scraped.js";

/** The least age of what may be deleted: a life is replaced after 10 minutes of silence, and queries look back an hour. */
const LEAST_AGE_MS = 30 * 60_000;

/** Options of `pruneGroups()`. */
export interface PruneOptions {
  /** The Prometheus that scrapes the gateway, or what answers its queries; false to delete without asking one. */
  readonly prometheus: Pushgateway | false;
  /** How long a group must have been without news, in milliseconds: at least 1,800,000. Default: 1,800,000. */
  readonly olderThanMs?: number;
  /** How often Prometheus scrapes the gateway, in milliseconds: at least 1. Default: 15,000. */
  readonly scrapeIntervalMs?: number;
  /** Deletes nothing, and tells what it would delete. Default: true. */
  readonly dryRun?: boolean;
  /** Also deletes groups that hold nothing but the time of a refused push, whose program is not known. Default: false. */
  readonly ghosts?: boolean;
  /** The highest number of groups to delete, the oldest ones: at least 0. Default: all. */
  readonly mostDeletions?: number;
  /** How long a server may be silent, in milliseconds: at least 1. Default: 30,000. */
  readonly timeoutMs?: number;
  /** Called now and then: `deleted` groups are gone, `of` groups will be. Default: none. */
  readonly onProgress?: (deleted: number, of: number) => void;
}

/** A group that was deleted, or would be. */
export interface PrunedGroup {
  /** Its grouping labels. */
  readonly labels: Labels;
  /** For how many seconds it had no news. */
  readonly silentSeconds: number;
}

/** What `pruneGroups()` has done. */
export interface PruneReport {
  /** The gateway's address. */
  readonly pushgateway: string;
  /** Nothing was deleted. */
  readonly dryRun: boolean;
  /** Groups that the gateway held. */
  readonly groups: number;
  /** Those of them that are a life's. */
  readonly ours: number;
  /** What was deleted; in a dry run, what would be. */
  readonly deleted: readonly PrunedGroup[];
  /** How many groups stay though they are ours (or ghosts, if these are wanted), by the reason. */
  readonly kept: {
    /** They had news within that time. */
    readonly recent: number;
    /** Their last push is in the future, so a clock is wrong. */
    readonly future: number;
    /** Prometheus has not read them twice since their last push, or does not read them now. */
    readonly unscraped: number;
    /** They had news after they were listed. */
    readonly renewed: number;
    /** There are more than `mostDeletions`. */
    readonly overLimit: number;
    /** The gateway accepted their deletion, but still shows them. */
    readonly left: number;
  };
  /** Why it ended before all was deleted. */
  readonly stopped?: string;
}

interface Candidate extends PrunedGroup {
  readonly key: string;
  readonly newsAtSeconds: number;
  readonly pushedAtSeconds: number;
}

interface Listing {
  readonly groups: number;
  readonly ours: number;
  readonly recent: number;
  readonly future: number;
  readonly old: ReadonlyMap<string, Candidate>;
  /** By `performance.now()`. */
  readonly endedAt: number;
}

/** For how long a listing is good enough to delete by. Then everything is listed again. */
const LISTING_MS = 5_000;
const DRAIN_MS = 30_000;
const MOST_ATTEMPTS = 6;

/**
 * Deletes the groups of a Pushgateway that belong to lives of functions and have had no news for half an hour, if
 * Prometheus has read them twice since. Groups of other programs stay. It uses `fetch` and standard web JavaScript only.
 *
 * A group is deleted at most 5 s after it was listed, plus the time that the list takes to arrive; news within that time
 * are deleted with it, and come back with the next push of that life. Only a life whose last push is in doubt pushes
 * after so long a silence.
 *
 * @throws RangeError if `olderThanMs` is less than 30 minutes
 * @throws ServerFault if a server does not answer, or is not what it should be. Once groups are being deleted, the
 *   report tells instead why it stopped
 */
export async function pruneGroups(
  pushgateway: Pushgateway,
  options: PruneOptions,
): Promise<PruneReport> {
  const {
    prometheus,
    olderThanMs = LEAST_AGE_MS,
    scrapeIntervalMs = 15_000,
    dryRun = true,
    ghosts = false,
    mostDeletions = Infinity,
    timeoutMs = 30_000,
    onProgress,
  } = options;
  if (!(olderThanMs >= LEAST_AGE_MS))
    throw new RangeError(
      "olderThanMs is less than 30 minutes: a life that goes on could lose what it has counted; give 1800000 or more",
    );
  const list = (): Promise<Listing> => listGroups(pushgateway, { olderThanMs, ghosts, timeoutMs });
  const first = await list();
  const wasScraped =
    prometheus === false
      ? await askGateway(pushgateway, timeoutMs)
      : await askScraped(prometheus, { scrapeIntervalMs, timeoutMs });
  const oldestFirst = [...first.old.values()].sort((a, b) => b.silentSeconds - a.silentSeconds);
  const scraped = oldestFirst.filter(({ labels, pushedAtSeconds }) =>
    wasScraped(labels, pushedAtSeconds),
  );
  const chosen = scraped.slice(0, mostDeletions);
  const outcome = dryRun
    ? { deleted: chosen, renewed: 0, left: 0 }
    : await deleteAll(pushgateway, chosen, { first, list, timeoutMs, onProgress });
  return {
    pushgateway: pushgateway.url,
    dryRun,
    groups: first.groups,
    ours: first.ours,
    deleted: outcome.deleted.map(({ labels, silentSeconds }) => ({ labels, silentSeconds })),
    kept: {
      recent: first.recent,
      future: first.future,
      unscraped: oldestFirst.length - scraped.length,
      renewed: outcome.renewed,
      overLimit: scraped.length - chosen.length,
      left: outcome.left,
    },
    ...("stopped" in outcome && outcome.stopped !== undefined && { stopped: outcome.stopped }),
  };
}

async function listGroups(
  pushgateway: Pushgateway,
  {
    olderThanMs,
    ghosts,
    timeoutMs,
  }: { readonly olderThanMs: number; readonly ghosts: boolean; readonly timeoutMs: number },
): Promise<Listing> {
  const held = await readGroups(pushgateway, { timeoutMs });
  const nowSeconds = held.atMs / 1_000;
  const old = new Map<string, Candidate>();
  let [groups, ours, recent, future] = [0, 0, 0, 0];
  for await (const group of held) {
    groups++;
    const isOurs = whose(group) === "prefreeze";
    if (isOurs) ours++;
    else if (!ghosts || !isGhost(group)) continue;
    const { labels, pushedAtSeconds, refusedAtSeconds } = group;
    // A life whose pushes are refused goes on.
    const newsAtSeconds = Math.max(pushedAtSeconds, refusedAtSeconds);
    const silentSeconds = ageOf(newsAtSeconds, nowSeconds);
    if (silentSeconds < 0) future++;
    else if (silentSeconds * 1_000 < olderThanMs) recent++;
    else {
      const key = keyOf(labels);
      old.set(key, { key, labels, silentSeconds, newsAtSeconds, pushedAtSeconds });
    }
  }
  return { groups, ours, recent, future, old, endedAt: performance.now() };
}

/** Without a Prometheus to ask, a scrape must at least be possible now. */
async function askGateway(pushgateway: Pushgateway, timeoutMs: number): Promise<WasScraped> {
  const server: Server = { kind: "Pushgateway", ...pushgateway };
  const answer = await ask(server, "/metrics", { timeoutMs });
  if (answer.status === 500) {
    await answer.discard();
    throw new ServerFault(
      `${nameOf(server)} answers 500 to every scrape, so nothing is deleted: prefreeze guard finds out why`,
    );
  }
  if (answer.status !== 200) {
    await answer.discard();
    throw statusFault(server, answer.status, "/metrics");
  }
  if ((await answer.text(1)) === "")
    throw new ServerFault(
      `${nameOf(server)} shows nothing to a scrape, so nothing is deleted: prefreeze guard finds out why`,
    );
  return () => true;
}

interface Deletion {
  readonly first: Listing;
  readonly list: () => Promise<Listing>;
  readonly timeoutMs: number;
  readonly onProgress: PruneOptions["onProgress"];
}

async function deleteAll(
  pushgateway: Pushgateway,
  chosen: readonly Candidate[],
  { first, list, timeoutMs, onProgress }: Deletion,
): Promise<{
  deleted: readonly Candidate[];
  renewed: number;
  left: number;
  stopped?: string | undefined;
}> {
  const pace = createPace();
  const deleted: Candidate[] = [];
  let renewed = 0;
  let queue = [...chosen];
  let listing = first;
  let attempts = 0;
  try {
    while (queue.length > 0) {
      if (performance.now() - listing.endedAt > LISTING_MS) {
        listing = await list();
        const unchanged = queue.filter(
          ({ key, newsAtSeconds }) => listing.old.get(key)?.newsAtSeconds === newsAtSeconds,
        );
        renewed += queue.length - unchanged.length;
        queue = unchanged;
      }
      const batch = queue.splice(0, pace.concurrency);
      const begun = performance.now();
      const answers = await Promise.allSettled(
        batch.map(({ labels }) => deleteGroup(pushgateway, groupPath(labels), timeoutMs)),
      );
      const accepted = answers.map((answer) => answer.status === "fulfilled" && answer.value);
      deleted.push(...batch.filter((_, index) => accepted[index]));
      const failure = answers.find((answer) => answer.status === "rejected");
      if (failure !== undefined) throw failure.reason;
      const refused = batch.filter((_, index) => !accepted[index]);
      queue.unshift(...refused);
      attempts = refused.length > 0 ? attempts + 1 : 0;
      if (attempts === MOST_ATTEMPTS)
        throw new ServerFault(
          `${nameOf({ kind: "Pushgateway", ...pushgateway })} is overloaded: run it again later`,
        );
      onProgress?.(deleted.length, deleted.length + queue.length);
      await pace.settle(performance.now() - begun, refused.length > 0);
    }
    const left = await countLeft(deleted, list);
    return { deleted, renewed, left };
  } catch (error) {
    if (!(error instanceof ServerFault)) throw error;
    return { deleted, renewed, left: 0, stopped: error.message };
  }
}

/** The gateway deletes in its own time. */
async function countLeft(
  deleted: readonly Candidate[],
  list: () => Promise<Listing>,
): Promise<number> {
  const untilMs = performance.now() + DRAIN_MS;
  for (;;) {
    if (deleted.length === 0) return 0;
    const { old } = await list();
    const left = deleted.filter(
      ({ key, newsAtSeconds }) => old.get(key)?.newsAtSeconds === newsAtSeconds,
    ).length;
    if (left === 0 || performance.now() > untilMs) return left;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
