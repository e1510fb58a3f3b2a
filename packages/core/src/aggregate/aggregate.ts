import { createGroup, type Group, type View } from "./group.js";
import { foldGauges } from "./fold-gauges.js";
import { isEnded, type Life } from "./life.js";
import { groupChanged, jsonPiece, keysOf, lifePiece, pieceKey, totalsPiece } from "./pieces.js";
import type { Shape } from "./shape.js";
import { restoreGroups } from "./restore.js";
import { readPush } from "./read-push.js";
import { endLife, forgetLife, takePush } from "./take-push.js";
import { groupText, pageText } from "./write-totals.js";
import { zerosShown } from "./zero-first.js";
import { parseGroupPath } from "../target/parse-grouping-key.js";

/** The options of `createAggregate`. */
export interface AggregateOptions {
  /** The most series of a group, a histogram with all its lines counting as one, from 1 to 10,000,000; 10,000 by default. */
  readonly maxSeries?: number;
  /** The number of lives that are kept, of all groups, at most, from 1 to 100,000,000; 200,000 by default. */
  readonly maxLives?: number;
  /** Is given each warning once, on one line. */
  readonly warn?: (message: string) => void;
}

/**
 * What became of a push. `accepted`: it is part of the totals. `older`: a newer one of its life was taken before, so
 * nothing changes. `unknown life`: it tells that more was acknowledged than is known of its life, so the instance has
 * to begin a new one; nothing changes. `full`: there is no room for another life; nothing changes.
 */
export type Answer = "accepted" | "older" | "unknown life" | "full";

/** One push of an instance. */
export interface LifePush {
  /** The path of its group without the instance, as `groupPath` writes it: `/metrics/job/checkout`. */
  readonly group: string;
  /** The instance id. */
  readonly life: string;
  /** The body of the push. */
  readonly snapshot: string;
  /** When it arrived, in milliseconds. */
  readonly atMs: number;
}

/** What there is to say about a group. */
export interface GroupSummary {
  /** Its path. */
  readonly group: string;
  /** Its labels, `job` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The lives that are known. */
  readonly lives: number;
  /** The lives that were heard of within the last 10 minutes. */
  readonly instances: number;
  /** A histogram or summary with all its lines is one. */
  readonly series: number;
  /** How many series of the lives' newest snapshots are over the limit: each life's own count. */
  readonly seriesOverLimit: number;
  /** When the newest push arrived, in milliseconds. */
  readonly newestPushMs: number;
}

/** The totals of many lives, by job. It has no clock and does no I/O. */
export interface Aggregate {
  /**
   * Takes the snapshot of a life.
   *
   * @throws MalformedSnapshot if the text is not what the protocol says. Nothing has changed then.
   * @throws TypeError if the path is not that of a group. Nothing has changed then.
   */
  push(push: LifePush): Answer;
  /**
   * Forgets what a life has said. What it has counted stays in the totals, and its first push, if it is late, is not
   * counted again.
   *
   * @returns whether it was known
   */
  forget(group: string, life: string): boolean;
  /**
   * Forgets a group with its lives and its totals, for good.
   *
   * @returns whether it was known
   */
  forgetGroup(group: string): boolean;
  /** Whether a group is known. */
  has(group: string): boolean;
  /**
   * Forgets the lives whose newest push is older than a day.
   *
   * @param atMs now, in milliseconds since 1970
   * @returns how many they were
   */
  forgetSilent(atMs: number): number;
  /** How many lives were forgotten before their time, because there was no room for new ones. */
  readonly forgottenEarly: number;
  /** How many lives are known. */
  readonly lives: number;
  /**
   * What there is to say about each group.
   *
   * @param atMs now, in milliseconds since 1970
   */
  groups(atMs: number): GroupSummary[];
  /**
   * A group's totals in the text format. It may mark series as shown, so what `changes` returns next has to be durable
   * before the text is sent.
   *
   * @param atMs now, in milliseconds since 1970
   */
  text(group: string, view: View, atMs: number): string;
  /**
   * Says that the newest text of a group and view was acknowledged or scraped.
   *
   * @param zeroForMs how long the pushed view shows zero for a new series, in milliseconds; 30,000 by default
   * @returns when the pushed view may show the first value that the text has shown as zero, in milliseconds; undefined
   *   if it has shown none
   */
  shown(group: string, view: View, atMs: number, zeroForMs?: number): number | undefined;
  /**
   * The totals of all groups in the text format, each series with the labels of its group and an empty `instance`, for
   * a Prometheus that scrapes the aggregator itself. As with `text`, what `changes` returns next has to be durable first.
   *
   * @param atMs now, in milliseconds since 1970
   */
  page(atMs: number): string;
  /**
   * Says that the newest page was scraped.
   *
   * @param atMs now, in milliseconds since 1970
   */
  pageShown(atMs: number): void;
  /**
   * The pieces of the state that have changed since the last call; undefined for a piece to delete. The keys are ASCII,
   * 40 characters at most.
   */
  changes(): Map<string, Uint8Array | undefined>;
  /** Takes over the pieces that were written, in any order. Only before the first push. */
  restore(pieces: Iterable<readonly [key: string, piece: Uint8Array]>): void;
}

/** The shapes of which the next push of a life probably has one. */
function expectedShapes(group: Group | undefined, life: Life | undefined): readonly Shape[] {
  if (!life) return group?.recentShapes ?? [];
  return life.shape.isWhole ? [life.shape] : [];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SCRAPED_KEY = "a";
/** The most groups. Only `forgetGroup` forgets them. */
const MAX_GROUPS = 10_000;

/** Begins with nothing. */
export function createAggregate(options: AggregateOptions = {}): Aggregate {
  const { maxSeries = 10_000, maxLives = 200_000, warn = () => {} } = options;
  const limits = { maxSeries, warn };
  const groups = new Map<string, Group>();
  /** Those that may have changed since they were last written to a store. */
  const touched = new Set<Group>();
  /** The keys of pieces whose groups are forgotten. */
  const dropped: string[] = [];
  let lives = 0;
  let forgottenEarly = 0;
  let wasScraped = false;
  let wasScrapedChanged = false;
  let nextGroup = 1;

  const forget = (group: Group, life: Life) => {
    forgetLife(group, life);
    touched.add(group);
    lives--;
  };

  const scraped = () => {
    if (!wasScraped) wasScraped = wasScrapedChanged = true;
  };

  /** @returns whether there is room for another life */
  const makeRoom = (atMs: number): boolean => {
    if (lives < maxLives) return true;
    let found: readonly [Group, Life] | undefined;
    for (const group of groups.values()) {
      const { oldest } = group.lives;
      if (oldest && !(oldest.atMs >= (found?.[1].atMs ?? Infinity))) found = [group, oldest];
    }
    if (!found || found[1].atMs >= atMs - HOUR_MS) return false;
    forget(...found);
    forgottenEarly++;
    return true;
  };

  return {
    get forgottenEarly() {
      return forgottenEarly;
    },
    get lives() {
      return lives;
    },
    push({ group: path, life: name, snapshot, atMs }) {
      let group = groups.get(path);
      const labels = group?.labels ?? parseGroupPath(path);
      let life = group?.lives.byName.get(name);
      const ended = life !== undefined && isEnded(life);
      const push = readPush(
        snapshot,
        group?.labelNames ?? new Set(Object.keys(labels)),
        expectedShapes(group, ended ? undefined : life),
      );
      if (push.acknowledged > (ended ? 0 : (life?.sequence ?? 0))) return "unknown life";
      if (life && push.sequence <= life.sequence) return "older";
      if (ended) {
        forget(group!, life!);
        life = undefined;
      }
      if (!group && groups.size >= MAX_GROUPS) return "full";
      if (!life && !makeRoom(atMs)) return "full";
      if (!group) {
        group = createGroup(nextGroup++, path, labels);
        groups.set(path, group);
        groupChanged(group);
      }
      if (!life) lives++;
      touched.add(group);
      takePush(group, name, push, atMs, limits);
      return "accepted";
    },
    forget(path, name) {
      const group = groups.get(path);
      const life = group?.lives.byName.get(name);
      if (!group || !life || isEnded(life)) return false;
      endLife(group, life);
      touched.add(group);
      return true;
    },
    forgetGroup(path) {
      const group = groups.get(path);
      if (!group) return false;
      groups.delete(path);
      touched.delete(group);
      lives -= group.lives.byName.size;
      for (const key of keysOf(group)) dropped.push(key);
      return true;
    },
    has: (path) => groups.has(path),
    forgetSilent(atMs) {
      let count = 0;
      for (const group of groups.values()) {
        for (
          let { oldest } = group.lives;
          oldest && oldest.atMs < atMs - DAY_MS;
          { oldest } = group.lives
        ) {
          forget(group, oldest);
          count++;
        }
      }
      return count;
    },
    groups(atMs) {
      return Array.from(groups.values(), (group) => ({
        group: group.path,
        labels: group.labels,
        lives: group.lives.byName.size,
        instances: foldGauges(group, atMs).lives,
        series: group.series.size,
        seriesOverLimit: group.seriesOverLimit,
        newestPushMs: group.nowMs,
      }));
    },
    text(path, view, atMs) {
      const group = groups.get(path);
      if (!group) return "";
      touched.add(group);
      return groupText(group, view, atMs, wasScraped);
    },
    shown(path, view, atMs, zeroForMs = 30_000) {
      const group = groups.get(path);
      if (!group) return undefined;
      touched.add(group);
      if (view === "scraped") scraped();
      return zerosShown(group, view, atMs, zeroForMs);
    },
    page(atMs) {
      for (const group of groups.values()) touched.add(group);
      return pageText([...groups.values()], atMs, wasScraped);
    },
    pageShown(atMs) {
      for (const group of groups.values()) {
        touched.add(group);
        zerosShown(group, "scraped", atMs, 0);
      }
      scraped();
    },
    changes() {
      const pieces = new Map<string, Uint8Array | undefined>();
      if (wasScrapedChanged) pieces.set(SCRAPED_KEY, jsonPiece(true));
      wasScrapedChanged = false;
      for (const key of dropped) pieces.set(key, undefined);
      dropped.length = 0;
      for (const group of touched) {
        for (const [key, write] of group.changed) pieces.set(key, write && jsonPiece(write()));
        for (const chunk of group.totals.changed)
          pieces.set(pieceKey.totals(group, chunk), totalsPiece(group, chunk));
        for (const life of group.changedLives)
          pieces.set(pieceKey.life(group, life), lifePiece(life));
        group.changed.clear();
        group.totals.changed.clear();
        group.changedLives.clear();
      }
      touched.clear();
      return pieces;
    },
    restore(pieces) {
      const ofGroups = [...pieces].filter(([key]) => {
        if (key === SCRAPED_KEY) wasScraped = true;
        return key !== SCRAPED_KEY;
      });
      for (const group of restoreGroups(ofGroups)) {
        groups.set(group.path, group);
        lives += group.lives.byName.size;
        nextGroup = Math.max(nextGroup, group.id + 1);
      }
    },
  };
}
