import { changesInTextFormat, textFormat } from "../exposition/text-format.js";
import { createFlusher, type Flusher, type FlusherSettings } from "../flush/flusher.js";
import { logPushes } from "../flush/push-log.js";
import type { RecordOutcome } from "../invocation/faas-metrics.js";
import { catalog, sortedMetrics } from "../metrics/catalog.js";
import { conflictsAmong } from "../target/conflict.js";
import { conflictsOf, isInDoubt, isReset } from "../target/push-error.js";
import type { Transport } from "../target/transport.js";
import { expire } from "./expiry.js";
import type { Journal, OpenJournal } from "./journal.js";
import { createLeftOut, withLeftOut } from "./left-out.js";
import { createLives, type Destination, type Life, type RequestOptions } from "./life.js";
import { restore } from "./restore.js";
import { defineSelfMetrics } from "./self-metrics.js";

/** A gateway with many groups needs a second to list them, and a network can reset connections for a while. */
const LOOK_AGAIN_MS = 600_000;

/** Pushes the totals of an instance to a gateway. */
export interface Pusher {
  readonly flusher: Flusher;
  /** The current life. Replaced once it has been silent for longer than `MAX_SILENCE_MS`. */
  readonly life: Life;
  /** The current life was begun by another process. */
  readonly restored: boolean;
  readonly journal: Journal | undefined;
  /** Nothing was recorded and nothing pushed, so there is no group, and none is needed. */
  readonly unused: boolean;
  /** Writes the totals to the journal if they have changed since the last write. */
  persist(): void;
}

/** The parts of an instance that a pusher uses. */
export interface PusherOptions {
  readonly platform: {
    readonly transport: Transport;
    readonly openJournal?: OpenJournal;
    readonly freezes?: boolean;
  };
  readonly settings: Destination & FlusherSettings;
  readonly options: RequestOptions;
  readonly recordOutcome: RecordOutcome;
}

export function createPusher({
  platform,
  settings,
  options,
  recordOutcome,
}: PusherOptions): Pusher {
  const { gateways } = settings;
  const selfMetrics = defineSelfMetrics();
  const lives = createLives(settings, options, platform.transport);
  const logPush = logPushes();
  const leftOut = createLeftOut();
  const journal = platform.openJournal?.({ ...settings, urls: gateways.map(({ url }) => url) });
  const left = journal?.restored;
  let life = left ? lives.resume(left, left.acknowledged) : lives.begin();
  let restored = left !== undefined;
  let written = -1;
  /** In a row. */
  let resets = 0;
  let lookedAtMs = -Infinity;

  const all = () => textFormat(sortedMetrics());
  const totals = { changed: changesInTextFormat, all };

  function write(pushing: boolean): void {
    written = catalog.version;
    if (journal?.abandoned === undefined) journal?.write(life, totals, pushing);
    else catalog.changed = undefined;
  }

  function persist(): void {
    if (journal && written !== catalog.version) write(false);
  }

  /** Pushgateway 1.11.0 resets the connection of a push that it should refuse. */
  async function findConflicts(controller: AbortController, timeoutMs: number): Promise<void> {
    resets = 0;
    lookedAtMs = Date.now();
    const { sequence, target } = life;
    const groups = await target.groups(controller, timeoutMs);
    if (life.sequence !== sequence) throw new Error("another push has started");
    const types = new Map(sortedMetrics().map(({ name, type }) => [name, type]));
    leftOut.add(conflictsAmong(types, groups));
  }

  /** If this throws, the push has failed. */
  async function push(controller: AbortController, timeoutMs: number): Promise<void> {
    if (expire(life, gateways.length > 1)) {
      life = lives.begin(flusher.breaker.failures > 0 ? life.url : undefined);
      restored = false;
    }
    if (resets > 1 && Math.abs(Date.now() - lookedAtMs) > LOOK_AGAIN_MS)
      await findConflicts(controller, timeoutMs);
    const pushed = life;
    const path = pushed.path();
    const sequence = ++pushed.sequence;
    const { inDoubt } = pushed;
    selfMetrics.update(sequence);
    const out = leftOut.now();
    const snapshot =
      out.size === 0 ? all() : textFormat(sortedMetrics().filter(({ name }) => !out.has(name)));
    pushed.inDoubt = true;
    write(true);
    try {
      await pushed.target.send("PUT", path, snapshot, controller, timeoutMs);
    } catch (error) {
      resets = isReset(error) ? resets + 1 : 0;
      if (isInDoubt(error)) pushed.inDoubtAtMs = Date.now();
      // If a newer push is in flight, that one may be in doubt.
      else if (sequence === pushed.sequence) {
        pushed.inDoubt = inDoubt;
        // The next process would never let a life expire that the journal says is in doubt.
        if (!inDoubt) write(false);
      }
      // All else is pushed at once.
      if (sequence === pushed.sequence && leftOut.add(conflictsOf(error)))
        return push(controller, timeoutMs);
      throw error;
    }
    resets = 0;
    // A newer push is in flight, or this life has been replaced.
    if (sequence !== pushed.sequence || pushed !== life) return;
    pushed.inDoubt = false;
    const atMs = Date.now();
    pushed.acknowledged = { totals: withLeftOut(snapshot, out, pushed.acknowledged?.totals), atMs };
    journal?.acknowledge(pushed, out.size === 0);
  }

  const flusher = createFlusher(
    push,
    catalog,
    settings,
    platform.freezes === true,
    (durationMs, failure) => {
      selfMetrics.flushed(!failure, durationMs);
      logPush(life.url, flusher.breaker.failures, failure);
    },
  );
  if (left) restore(left, recordOutcome);
  persist();
  const versionAtStart = catalog.version;

  return {
    flusher,
    get life() {
      return life;
    },
    get restored() {
      return restored;
    },
    journal,
    get unused() {
      // Restored totals may not be pushed yet either.
      return !left && life.sequence === 0 && catalog.version === versionAtStart;
    },
    persist,
  };
}
