import { createFlusher, reasonOf, type Target } from "@prefreeze/core/adapter";
import { type Aggregate, createGroupSender } from "@prefreeze/core/aggregate";
import type { Commits } from "../store/commits.js";
import type { GatewayWatch } from "./gateway-watch.js";

/** A gateway that holds many other groups needs seconds for a push. */
const PUSH_TIMEOUT_MS = 30_000;

/** Pushes the totals of one group to the gateway. */
export interface GroupPusher {
  /** It has changed since the newest push that the gateway acknowledged. */
  readonly pending: boolean;
  /** A push has begun and has not ended. */
  readonly isUnderWay: boolean;
  /** How many of its families the gateway refuses. */
  readonly leftOut: number;
  /** The totals have changed. */
  changed(): void;
  /** Pushes what has changed, unless the gateway is away or has to be spared. Never rejects. */
  flush(): Promise<void>;
  /** Pushes whatever went before, and gives up the push under way. Never rejects. */
  flushAnyway(untilMs: number): Promise<void>;
}

/** What a group's pusher works with. */
export interface GroupPusherParts {
  readonly aggregate: Pick<Aggregate, "text" | "shown">;
  readonly commits: Commits;
  readonly target: Target;
  readonly watch: GatewayWatch;
  readonly zeroForMs: number;
  readonly log: (message: string) => void;
  readonly ended: (failure: string | undefined) => void;
}

/** @param group its path, here and at the gateway */
export function createGroupPusher(
  group: string,
  { aggregate, commits, target, watch, zeroForMs, log, ended }: GroupPusherParts,
): GroupPusher {
  const totals = { version: 0 };
  const sender = createGroupSender(group, target, log);
  let pushesInFlight = 0;
  let isFailing = false;
  /** The push under way is given up for a newer one, which says nothing about the gateway. */
  let isSuperseding = false;

  async function push(controller: AbortController, timeoutMs: number): Promise<void> {
    pushesInFlight++;
    isSuperseding = false;
    const untilMs = performance.now() + timeoutMs;
    try {
      // A push that was given up may still be applied, and would then be over this one.
      await watch.whenThere();
      controller.signal.throwIfAborted();
      const text = aggregate.text(group, "pushed", Date.now());
      // What is shown must not fall when this process is killed now.
      await commits.durable();
      controller.signal.throwIfAborted();
      await sender.send(text, controller, untilMs - performance.now());
      aggregate.shown(group, "pushed", Date.now(), zeroForMs);
      commits.whenDurable(() => undefined);
    } finally {
      pushesInFlight--;
    }
  }

  const flusher = createFlusher(
    push,
    totals,
    { flushTimeoutMs: PUSH_TIMEOUT_MS, minFlushIntervalMs: 0 },
    false,
    (_, failure) => {
      const reason = failure && reasonOf(failure.error);
      const status = (Object(failure?.error) as { readonly status?: number }).status;
      // An answer, if only a refusal, is one.
      if (reason !== undefined && status === undefined && !isSuperseding) watch.suspect(reason);
      if (status !== undefined && !isFailing) log(`push of ${group} was refused: ${reason}`);
      isFailing = status !== undefined;
      ended(reason);
    },
  );

  return {
    get pending() {
      return flusher.pending;
    },
    get isUnderWay() {
      return pushesInFlight > 0;
    },
    get leftOut() {
      return sender.leftOut;
    },
    changed() {
      totals.version++;
    },
    flush: () => flusher.flush(),
    async flushAnyway(untilMs) {
      totals.version++;
      isSuperseding = pushesInFlight > 0;
      await flusher.flushFinally(untilMs);
    },
  };
}
