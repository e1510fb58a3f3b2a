import { diff } from "../exposition/diff.js";
import { textFormat } from "../exposition/text-format.js";
import { createFlusher, type Flusher, type FlusherSettings } from "../flush/flusher.js";
import { logPushes } from "../flush/push-log.js";
import type { PushWindow } from "../flush/push-window.js";
import type { RecordOutcome } from "../invocation/faas-metrics.js";
import type { Trigger } from "../invocation/vocabulary.js";
import { catalog, redefined, sortedMetrics } from "../metrics/catalog.js";
import { collect } from "../metrics/collectors.js";
import { stopwatch } from "../runtime/stopwatch.js";
import { conflictsAmong } from "../target/conflict.js";
import { conflictsOf, isInDoubt, isReset, isUnknownLife } from "../target/push-error.js";
import type { Transport } from "../target/transport.js";
import { acknowledgedLine } from "./acknowledged-line.js";
import { dropAcknowledged, expire, isSilent } from "./expiry.js";
import type { Journal, OpenJournal } from "./journal.js";
import { createLeftOut, withLeftOut } from "./left-out.js";
import { createLives, type Destination, type Life, type RequestOptions } from "./life.js";
import { deleteOldGroup, isScraped } from "./old-group.js";
import { metricsIn, snapshot } from "./totals.js";
import { restore } from "./restore.js";
import { defineSelfMetrics } from "./self-metrics.js";

/** A gateway with many groups needs a second to list them, and a network can reset connections for a while. */
const LOOK_AGAIN_MS = 600_000;
/** What collectors count may take this share of a push's time. */
const COLLECT_SHARE = 1 / 4;

/** Pushes the totals of an instance to a gateway. */
export interface Pusher {
  readonly flusher: Flusher;
  /**
   * The current life, begun when it is first needed. Replaced once it has been silent for longer than
   * `MAX_SILENCE_MS`.
   */
  readonly life: Life;
  /** The current life was begun by another process. */
  readonly restored: boolean;
  readonly journal: Journal | undefined;
  /** Nothing was recorded and nothing pushed, so there is no group, and none is needed. */
  readonly unused: boolean;
  /** An invocation starts. @returns its in-flight entry in the journal, if there is one */
  begin(trigger: Trigger, coldStart: boolean): number | undefined;
  /** Writes the totals to the journal if they have changed since the last write. */
  persist(): void;
}

/** The parts of an instance that a pusher uses. */
export interface PusherOptions {
  readonly platform: {
    readonly transport: Transport;
    readonly openJournal?: OpenJournal;
    readonly freezes?: boolean;
    readonly pushWindow?: PushWindow;
    readonly randomBytes?: (length: number) => Uint8Array;
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
  const mayFreeze = platform.freezes !== false;
  const lives = createLives(settings, options, platform.transport, mayFreeze, platform.randomBytes);
  const logPush = logPushes();
  const leftOut = createLeftOut();
  let journal = platform.openJournal?.({ ...settings, urls: gateways.map(({ url }) => url) });
  const left = journal?.restored;
  let writer = journal?.lifeWriter(journal, currentLife);
  let current = left && lives.resume(left, left.acknowledged);
  let restored = left !== undefined;
  /** The life before the current one, until its group is deleted. */
  let previous: Life | undefined;
  /** In a row. */
  let resets = 0;
  let lookedAtMs = -Infinity;
  let { timeOrigin } = performance;

  function currentLife(): Life {
    return (current ??= lives.begin());
  }

  function replaceLife(leaving?: string): void {
    previous = current?.acknowledged && current;
    current = lives.begin(leaving);
    restored = false;
  }

  /**
   * Notices that this process was restored from a snapshot of its memory, which others may continue, too: what
   * was recorded before is not theirs to push.
   */
  function awake(): void {
    if (performance.timeOrigin === timeOrigin) return;
    ({ timeOrigin } = performance);
    diff(snapshot());
    redefined.length = 0;
    catalog.changed = undefined;
    // Its file is another process's.
    current = previous = journal = writer = undefined;
    restored = false;
    versionAtStart = catalog.version;
  }

  /** Pushgateway 1.11.0 resets the connection of a push that it should refuse. */
  async function findConflicts(controller: AbortController, timeoutMs: number): Promise<void> {
    resets = 0;
    lookedAtMs = Date.now();
    const { sequence, target } = currentLife();
    const { body } = await target.read("/api/v1/metrics", controller, timeoutMs);
    // A transport may ignore that this push was given up.
    controller.signal.throwIfAborted();
    if (currentLife().sequence !== sequence) throw new Error("another push has started");
    const types = new Map(sortedMetrics().map(({ name, type }) => [name, type]));
    // The pushes that were reset had these metrics, and were not applied.
    leftOut.add(conflictsAmong(types, body));
  }

  /** If this throws, the push has failed. */
  async function push(controller: AbortController, timeoutMs: number): Promise<void> {
    // What is collected now belongs to this process.
    awake();
    const collecting = collect(timeoutMs * COLLECT_SHARE);
    if (collecting) {
      await collecting;
      controller.signal.throwIfAborted();
    }
    if (currentLife().pushesInDoubt.anyOpen && isSilent(currentLife())) {
      // A push that was given up just now, at the end of a freeze say, tells in a moment whether it was ever sent.
      await new Promise((resolve) => void setTimeout(resolve));
      controller.signal.throwIfAborted();
    }
    const { failures } = flusher.breaker;
    if (expire(currentLife(), gateways.length > 1))
      replaceLife(failures > 0 ? current!.url : undefined);
    if (left?.dropRedefined(currentLife())) replaceLife();
    if (resets > 1 && Math.abs(Date.now() - lookedAtMs) > LOOK_AGAIN_MS)
      await findConflicts(controller, timeoutMs);
    const pushed = currentLife();
    const path = pushed.path();
    const sequence = ++pushed.sequence;
    selfMetrics.update(sequence);
    const out = leftOut.now();
    const metrics = metricsIn(out);
    // The journal, and what is kept as acknowledged, stays text.
    const text = textFormat(metrics);
    const body =
      settings.format?.encode(metrics, pushed.startedAtMs, Date.now()) ??
      text + acknowledgedLine(pushed);
    pushed.pushesInDoubt.sent(sequence);
    writer?.pushing();
    const atMs = Date.now();
    try {
      await pushed.target.send("PUT", path, body, controller, timeoutMs);
    } catch (error) {
      resets = isReset(error) ? resets + 1 : 0;
      if (isInDoubt(error)) pushed.pushesInDoubt.unanswered(sequence);
      else {
        pushed.pushesInDoubt.notApplied(sequence);
        // The next process would never let a life expire that the journal says is in doubt.
        if (pushed === current && !pushed.inDoubt) writer?.notApplied();
      }
      if (sequence === pushed.sequence) {
        const renewed = pushed === current && isUnknownLife(error) && dropAcknowledged(pushed);
        if (renewed) replaceLife();
        const conflicts = leftOut.add(conflictsOf(error));
        if (conflicts) pushed.pushesInDoubt.leftOutAfter(sequence);
        // All else, or what the aggregator does not know, is pushed at once.
        if ((renewed || conflicts) && !controller.signal.aborted)
          return push(controller, timeoutMs);
      }
      throw error;
    }
    resets = 0;
    // This life may have been replaced, or a later push be acknowledged.
    const whole = out.size === 0;
    if (pushed !== current || !pushed.pushesInDoubt.acknowledged(sequence, whole)) return;
    const known = withLeftOut(text, out, pushed.acknowledged?.totals);
    pushed.acknowledged = { totals: known, sequence, atMs };
    pushed.sinceAppliedMs = stopwatch(mayFreeze);
    // The journal has the totals of the newest push alone, and all of them.
    journal?.acknowledge(pushed, whole && sequence === pushed.sequence);
    if (previous && isScraped(previous)) {
      deleteOldGroup(previous);
      previous = undefined;
    }
    // The new life has something to push.
    if (redefined.length > 0) catalog.version++;
  }

  const flusher = createFlusher(
    push,
    catalog,
    settings,
    platform.freezes === true,
    (durationMs, failure) => {
      selfMetrics.flushed(!failure, durationMs);
      // If no life could begin, the push failed for that reason, and a throw here would end the process.
      logPush(current?.url ?? gateways[0]!.url, flusher.breaker.failures, failure);
    },
    platform.pushWindow,
  );
  if (left) {
    restore(left, recordOutcome);
    writer?.persist();
  }
  // What was recorded before this instance was set up is to be pushed, too.
  let versionAtStart = left ? catalog.version : 0;

  return {
    flusher,
    get life() {
      awake();
      return currentLife();
    },
    get restored() {
      return restored;
    },
    get journal() {
      return journal;
    },
    get unused() {
      awake();
      // Restored totals may not be pushed yet either.
      return !restored && (current?.sequence ?? 0) === 0 && catalog.version === versionAtStart;
    },
    begin(trigger, coldStart) {
      awake();
      return writer?.begin(trigger, coldStart);
    },
    persist: () => writer?.persist(),
  };
}
