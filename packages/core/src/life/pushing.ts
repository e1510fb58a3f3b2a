import { encode } from "../exposition/encode.js";
import { createFlusher, type Flusher, type FlusherSettings } from "../flush/flusher.js";
import type { RecordOutcome } from "../invocation/faas-metrics.js";
import type { Journal, OpenJournal, RestoredLife } from "./journal.js";
import { type Destination, LEASE_MS, type Life, livesOf } from "./life.js";
import type { Metric } from "../metrics/metric.js";
import { isUnclear } from "../target/push-error.js";
import { logPushes } from "../flush/push-log.js";
import { fold, type Registry } from "../metrics/registry.js";
import { defineSelfMetrics } from "./self-metrics.js";
import type { Transport } from "../target/transport.js";
import { catalog } from "../metrics/catalog.js";
import { subtractTotals } from "../exposition/subtract-totals.js";

/** How an instance brings its totals to a gateway. */
export interface Pushing {
  readonly flusher: Flusher;
  /** The one that goes on now; after a long silence, it is another. */
  readonly life: Life;
  /** The life was begun by another process. */
  readonly restored: boolean;
  readonly journal: Journal | undefined;
  /** Nothing was recorded and nothing pushed: there is no group, and needs to be none. */
  readonly unused: boolean;
  /** Writes to the journal what the totals have got since the last time. */
  persist(): void;
}

/** What an instance tells of itself to be pushed. */
export interface PushingOptions {
  readonly platform: {
    readonly transport: Transport;
    readonly openJournal?: OpenJournal;
    readonly freezes?: boolean;
  };
  readonly settings: Destination & FlusherSettings;
  readonly options: Parameters<typeof livesOf>[0];
  readonly recordOutcome: RecordOutcome;
}

export function startPushing({
  platform,
  settings,
  options,
  recordOutcome,
}: PushingOptions): Pushing {
  const { gateways } = settings;
  const selfMetrics = defineSelfMetrics();
  const lives = livesOf(options, settings, platform.transport);
  const logPush = logPushes();
  const journal = platform.openJournal?.({ ...settings, urls: gateways.map(({ url }) => url) });
  const left = journal?.restored;
  let life = left ? lives.resume(left, left.acknowledged) : lives.begin();
  let restored = left !== undefined;
  let written = -1;

  function write(totals: string, pushing: boolean): void {
    written = catalog.version;
    journal?.write(life, totals, pushing);
  }

  function persist(): void {
    if (journal && written !== catalog.version) write(encode(sortedMetrics()), false);
  }

  /** A group that was silent for long may be gone, and come back as if all of it were new. */
  function renew(): void {
    const { acknowledged, startedAtMs, unclear, url } = life;
    const silentMs = Date.now() - (acknowledged?.atMs ?? startedAtMs);
    // What nobody can tell the end of would count twice under another id.
    if (silentMs <= LEASE_MS || unclear) return;
    if (acknowledged) subtractTotals(sortedMetrics(), acknowledged.totals);
    else if (gateways.length === 1) return;
    life = lives.begin(flusher.breaker.failures > 0 ? url : undefined);
    restored = false;
  }

  // What throws in here is a push that failed.
  async function push(controller: AbortController, timeoutMs: number): Promise<void> {
    renew();
    const pushed = life;
    const path = pushed.path();
    const sequence = ++pushed.sequence;
    const { unclear } = pushed;
    selfMetrics.update(sequence);
    const totals = encode(sortedMetrics());
    pushed.unclear = true;
    write(totals, true);
    try {
      await pushed.target.send("PUT", path, totals, controller, timeoutMs);
    } catch (error) {
      if (isUnclear(error)) pushed.unclearAtMs = Date.now();
      // That of a newer one may be unclear.
      else if (sequence === pushed.sequence) {
        pushed.unclear = unclear;
        // The next process would keep to a life that it takes for unclear, however old that gets.
        if (!unclear) write(encode(sortedMetrics()), false);
      }
      throw error;
    }
    // A newer one is on its way, or another life.
    if (sequence !== pushed.sequence || pushed !== life) return;
    pushed.unclear = false;
    pushed.acknowledged = { totals, atMs: Date.now() };
    journal?.acknowledge(sequence, pushed.acknowledged.atMs);
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
  if (left) {
    left.addTotals();
    for (const each of left.died) countDied(each);
  }
  persist();
  const versionAtStart = catalog.version;

  function countDied(died: RestoredLife["died"][number]): void {
    const registry: Registry = new Map();
    recordOutcome({ ...died, registry, durationMs: undefined, errorType: "killed" }, "failed");
    fold(registry);
  }

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
      // What another process left is not pushed either, yet.
      return !left && life.sequence === 0 && catalog.version === versionAtStart;
    },
    persist,
  };
}

function sortedMetrics(): readonly Metric[] {
  return (catalog.sorted ??= [...catalog.metrics.values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  ));
}
