import { pushgateway } from "@prefreeze/core/adapter";
import { httpTransport } from "@prefreeze/node";
import type { Aggregate } from "@prefreeze/core/aggregate";
import type { GatewayStatus } from "../page/status.js";
import type { Commits } from "../store/commits.js";
import type { GatewayAddress } from "./gateway-address.js";
import { createGatewayWatch } from "./gateway-watch.js";
import { createGroupPusher, type GroupPusher } from "./group-pusher.js";

/** A gateway that has lost a group without a restart gets it back within this time. */
const REFRESH_MS = 15_000;
const DELETE_TIMEOUT_MS = 15_000;
/** With its consistency check, a gateway takes one push after another anyway. */
const MOST_AT_ONCE = 8;

/** Keeps the groups of the gateway equal to the totals. */
export interface Upstream {
  readonly status: GatewayStatus;
  /** How many families the gateway refuses. */
  readonly leftOut: number;
  /** The totals of a group have changed. */
  changed(group: string): void;
  /**
   * Deletes a group, after the push of it that is under way.
   *
   * @param removed called when it is deleted; from then on, it can be pushed again
   * @throws Error if the gateway does not answer, or refuses
   */
  remove(group: string, removed: () => void): Promise<void>;
  /** Pushes all groups. Call it once the state is read. */
  start(): void;
  /** Pushes once more what has changed, and stops. */
  close(untilMs: number): Promise<void>;
}

/** What the pushes to the gateway work with. */
export interface UpstreamParts {
  readonly aggregate: Pick<Aggregate, "text" | "shown" | "groups">;
  readonly commits: Commits;
  readonly address: GatewayAddress;
  readonly pushIntervalMs: number;
  readonly scrapeIntervalMs: number;
  readonly log: (message: string) => void;
  /** Called when a push has ended. */
  readonly ended: (failure: string | undefined) => void;
}

interface Entry {
  readonly pusher: GroupPusher;
  /** It waits for its time or its turn, or a push is under way. */
  isQueued: boolean;
  /** The gateway may have lost it, so it is pushed whatever went before. */
  isUrgent: boolean;
  startedMs: number;
  /** It is being deleted: nothing is pushed. */
  isRemoved: boolean;
  /** Resolves when the newest push has ended. */
  underWay: Promise<void>;
}

export function createUpstream({
  aggregate,
  commits,
  address,
  pushIntervalMs,
  scrapeIntervalMs,
  log: write,
  ended,
}: UpstreamParts): Upstream {
  // Advice for functions. Here, an option has the address.
  const log = (message: string) =>
    write(message.replaceAll("PUSHGATEWAY_URL", "the pushgateway option"));
  const entries = new Map<string, Entry>();
  const turns: (() => void)[] = [];
  const { url, query, username, password, bearerToken } = address;
  const target = pushgateway({
    url,
    query,
    username,
    password,
    bearerToken,
    transport: httpTransport,
  });
  const zeroForMs = 2 * scrapeIntervalMs;
  let running = 0;
  let isClosed = false;
  let status: GatewayStatus = {
    url,
    state: "unknown",
    sinceMs: Date.now(),
    acknowledgedMs: undefined,
    reason: undefined,
  };

  function become(state: GatewayStatus["state"], reason?: string): void {
    const sinceMs = state === status.state ? status.sinceMs : Date.now();
    status = { ...status, state, sinceMs, reason };
  }

  const watch = createGatewayWatch(target, {
    away(reason) {
      become("away", reason);
      log(
        `the Pushgateway at ${url} does not answer (${reason}): totals are kept and pushed when it is back`,
      );
    },
    back() {
      if (status.state === "away")
        log(`the Pushgateway at ${url} is back: every group is pushed again`);
      become("up");
      pushAll(true);
    },
  });

  function entryOf(group: string): Entry {
    let entry = entries.get(group);
    if (!entry) {
      const parts = { aggregate, commits, target, watch, zeroForMs, log };
      const pusher = createGroupPusher(group, {
        ...parts,
        ended(failure) {
          ended(failure);
          if (failure === undefined) {
            become("up");
            status = { ...status, acknowledgedMs: Date.now() };
          } else status = { ...status, reason: failure };
        },
      });
      entry = {
        pusher,
        isQueued: false,
        isUrgent: false,
        startedMs: -Infinity,
        isRemoved: false,
        underWay: Promise.resolve(),
      };
      entries.set(group, entry);
    }
    return entry;
  }

  /** Pushes a group when its interval is over, unless that is to happen already. */
  function schedule(entry: Entry): void {
    if (entry.isQueued || entry.isRemoved || isClosed || watch.isAway) return;
    entry.isQueued = true;
    const waitMs = entry.isUrgent ? 0 : entry.startedMs + pushIntervalMs - performance.now();
    setTimeout(() => void inTurn(() => push(entry)), Math.max(waitMs, 0)).unref();
  }

  async function push(entry: Entry): Promise<void> {
    const { pusher, isUrgent } = entry;
    if (!watch.isAway && !isClosed && !entry.isRemoved) {
      entry.startedMs = performance.now();
      entry.isUrgent = false;
      entry.underWay = isUrgent ? pusher.flushAnyway(Date.now() + REFRESH_MS) : pusher.flush();
      await entry.underWay;
    }
    entry.isQueued = false;
    if (pusher.pending) schedule(entry);
  }

  function pushAll(isUrgent: boolean): void {
    for (const { group } of aggregate.groups(Date.now())) {
      const entry = entryOf(group);
      entry.pusher.changed();
      entry.isUrgent ||= isUrgent;
      // What the gateway has not answered by now, it will not.
      if (isUrgent && entry.pusher.isUnderWay)
        entry.underWay = entry.pusher.flushAnyway(Date.now() + REFRESH_MS);
      else schedule(entry);
    }
  }

  async function inTurn(work: () => Promise<void>): Promise<void> {
    if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => void turns.push(resolve));
    running++;
    try {
      await work();
    } finally {
      running--;
      turns.shift()?.();
    }
  }

  // A new series is shown as zero for two scrapes; its value comes with the next push after that.
  const refreshMs = Math.max(Math.min(REFRESH_MS, zeroForMs), pushIntervalMs);
  let refresh: ReturnType<typeof setInterval> | undefined;

  return {
    get status() {
      return status;
    },
    get leftOut() {
      let count = 0;
      for (const { pusher } of entries.values()) count += pusher.leftOut;
      return count;
    },
    changed(group) {
      const entry = entryOf(group);
      entry.pusher.changed();
      schedule(entry);
    },
    async remove(group, removed) {
      const entry = entryOf(group);
      entry.isRemoved = true;
      try {
        await entry.underWay;
        if (watch.isAway) throw new Error("the Pushgateway does not answer");
        await target.send("DELETE", group, undefined, new AbortController(), DELETE_TIMEOUT_MS);
      } catch (error) {
        entry.isRemoved = false;
        entry.pusher.changed();
        schedule(entry);
        throw error;
      }
      if (entries.get(group) === entry) entries.delete(group);
      removed();
    },
    start() {
      watch.start();
      refresh = setInterval(() => pushAll(false), refreshMs);
      pushAll(true);
    },
    async close(untilMs) {
      isClosed = true;
      clearInterval(refresh);
      watch.stop();
      const left = [...entries.values()].filter(({ pusher }) => pusher.pending);
      await Promise.all(left.map(({ pusher }) => pusher.flushAnyway(untilMs)));
    },
  };
}
