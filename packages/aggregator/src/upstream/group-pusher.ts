import {
  conflictsAmong,
  conflictsOf,
  createFlusher,
  isReset,
  reasonOf,
  type Target,
} from "@prefreeze/core/adapter";
import type { Aggregate } from "@prefreeze/core/aggregate";
import type { Commits } from "../store/commits.js";
import { createFamiliesLeftOut, familiesOf } from "./families-left-out.js";
import type { GatewayWatch } from "./gateway-watch.js";

/** A gateway that holds many other groups needs seconds for a push. */
const PUSH_TIMEOUT_MS = 30_000;
const GROUPS_TIMEOUT_MS = 10_000;

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
  const leftOut = createFamiliesLeftOut();
  let pushesInFlight = 0;
  let resets = 0;
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
      await send(text, controller, untilMs);
      aggregate.shown(group, "pushed", Date.now(), zeroForMs);
      commits.whenDurable(() => undefined);
    } finally {
      pushesInFlight--;
    }
  }

  async function send(text: string, controller: AbortController, untilMs: number): Promise<void> {
    for (;;) {
      const sent = leftOut.without(text);
      try {
        await target.send("PUT", group, sent, controller, untilMs - performance.now());
        resets = 0;
        return;
      } catch (error) {
        resets = isReset(error) ? resets + 1 : 0;
        const conflicts = resets < 2 ? conflictsOf(error) : await conflictsHeld(sent, controller);
        const added = leftOut.add(conflicts, sent);
        for (const name of added)
          log(
            `metric "${name}" of ${group} is left out of pushes, since the Pushgateway has another metric of that name, or one that collides: rename one of them`,
          );
        if (added.length === 0 || controller.signal.aborted) throw error;
      }
    }
  }

  /** Pushgateway 1.11.0 resets the connection instead of naming what it refuses. */
  async function conflictsHeld(
    text: string,
    controller: AbortController,
  ): Promise<ReturnType<typeof conflictsAmong>> {
    resets = 0;
    const types = new Map(familiesOf(text).map(({ name, type }) => [name, type]));
    return conflictsAmong(
      types,
      await target.groups(controller, GROUPS_TIMEOUT_MS).catch(() => ""),
    );
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
      return leftOut.size;
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
