import { createBackOff, type FlushInterval } from "./back-off.js";
import { type Breaker, createBreaker } from "./breaker.js";
import { type Failure, inTime } from "../runtime/in-time.js";
import { isOverload, isRefusal } from "../target/push-error.js";

/** What is left to the function of its time when a flush gives up. */
export const DEADLINE_MARGIN_MS = 100;
/** The least time for a push, for one that only tries whether the gateway is back, and for one before the last. */
const LEAST_WAIT_MS = 50;
/** With less time left, there is no second try. */
const LEAST_TRY_MS = 10;
/** For an answer that came in a freeze, and is read by the event loop in its next turn. */
const THAW_MS = 10;

/** Brings snapshots to a target, one at a time. */
export interface Flusher {
  /** Something has changed since the newest snapshot that landed. */
  readonly pending: boolean;
  readonly breaker: Pick<Breaker, "failures" | "state">;
  /**
   * Resolves when a snapshot with all that is folded by now has landed, failed, run out of time or been
   * put off; never rejects. Where another push is under way, both have their time.
   *
   * A push that failed without an answer, or for the gateway's load, is tried once more. After each
   * failure in a row, the next has a quarter of the time; after three, there is a pause, and then a probe.
   *
   * @param deadlineMs when the platform ends the invocation, in milliseconds since 1970
   * @param background nothing waits for it: its timers keep no process running
   * @param last there is no later one: it is made whatever happened before, and though nothing changed
   */
  flush(deadlineMs?: number, background?: boolean, last?: boolean): Promise<void>;
}

/** How long a flush may take, and how soon another may follow. */
export interface FlusherSettings {
  readonly flushTimeoutMs: number;
  readonly minFlushIntervalMs: FlushInterval;
}

/** A push on its way, with its second try. */
interface Flight {
  /** Resolves when it has ended, whatever the end. */
  done: Promise<void>;
  /** Which state of the totals it carries. */
  carries: number;
  /** When it is given up. */
  readonly untilMs: number;
  controller: AbortController;
  readonly startedMs: number;
  /** What its first try failed with, where the gateway had too much to do. */
  overload: unknown;
  ended: boolean;
}

/**
 * @param push one attempt with the newest snapshot, and the time it has; rejects where it failed
 * @param totals what is pushed; its version rises with every change
 * @param freezes the invocation, or the environment, waits for a push, which goes on after a freeze: after
 *   failures, it waits for less and less
 * @param landed told of every flush that ended
 */
export function createFlusher(
  push: (controller: AbortController, timeoutMs: number) => Promise<void>,
  totals: { readonly version: number },
  { flushTimeoutMs, minFlushIntervalMs }: FlusherSettings,
  freezes: boolean,
  landed: (durationMs: number, failure: Failure | undefined) => void,
): Flusher {
  const breaker = createBreaker();
  const backOff = createBackOff(minFlushIntervalMs);
  let acknowledged = -1;
  let current: Flight | undefined;

  function depart(untilMs: number, tries: number, background: boolean): Flight {
    const flight: Flight = {
      done: Promise.resolve(),
      carries: -1,
      untilMs,
      controller: new AbortController(),
      startedMs: performance.now(),
      overload: undefined,
      ended: false,
    };
    current = flight;
    backOff.departed();
    flight.done = fly(flight, tries, background);
    return flight;
  }

  async function fly(flight: Flight, tries: number, background: boolean): Promise<void> {
    for (;;) {
      const { version } = totals;
      flight.carries = version;
      const leftMs = flight.untilMs - Date.now();
      const failure = await inTime(push(flight.controller, leftMs), leftMs, background);
      if (!failure) acknowledged = Math.max(acknowledged, version);
      if (!failure || --tries <= 0 || isRefusal(failure.error)) return end(flight, failure);
      const lastTryMs = flight.untilMs - LEAST_TRY_MS;
      if (isOverload(failure.error)) {
        flight.overload = failure.error;
        const pauseMs = 50 + 50 * Math.random();
        if (Date.now() + pauseMs > lastTryMs) return end(flight, failure);
        await inTime(new Promise(() => undefined), pauseMs, background);
      }
      // In the pause, another can have taken over, or the environment been frozen.
      if (flight.ended || Date.now() > lastTryMs) return end(flight, failure);
      abort(flight);
      flight.controller = new AbortController();
    }
  }

  function end(flight: Flight, failure: Failure | undefined): void {
    // Another can have taken over where it was given up.
    if (flight.ended) return;
    flight.ended = true;
    if (current === flight) current = undefined;
    // A freeze is none of the gateway's time.
    const durationMs = Math.min(performance.now() - flight.startedMs, flushTimeoutMs);
    breaker.landed(!failure);
    backOff.landed(durationMs, flight.overload ?? failure?.error);
    landed(durationMs, failure);
    if (failure) abort(flight);
  }

  /** Workers let nobody give up what another request has begun, and a transport's own may throw anything. */
  function abort({ controller }: Flight): void {
    try {
      controller.abort();
    } catch {
      // What is given up is not waited for either way.
    }
  }

  /** Gives up a push whose time is up, or is needed for the last one, unless its answer comes in a moment. */
  async function takeOver(flight: Flight, background: boolean): Promise<void> {
    // Its time can have gone by in a freeze. Given up too soon, it may be applied over what comes after it.
    const isOver = flight.untilMs <= Date.now();
    await inTime(flight.done, isOver ? THAW_MS : LEAST_WAIT_MS, background);
    end(flight, { error: new Error("no answer in time") });
  }

  return {
    get pending() {
      return acknowledged < totals.version;
    },
    breaker,
    async flush(deadlineMs = Infinity, background = false, last = false) {
      const wanted = totals.version;
      const lastMs = deadlineMs - DEADLINE_MARGIN_MS;
      const isDue = () => (last || acknowledged < wanted) && Date.now() < lastMs;
      while (isDue()) {
        // On Workers a flight whose request has ended never lands: its time being up is enough.
        if (current && (last || current.untilMs <= Date.now())) {
          await takeOver(current, background);
          continue;
        }
        const closed = last || breaker.state === "closed";
        if (!current) {
          if (!last && (breaker.state === "open" || backOff.isPausing())) return;
          // Elsewhere nobody waits; and a probe can outlive the wait for it here.
          const briefly = freezes && !closed;
          const part = freezes && closed && !last ? 1 / 4 ** breaker.failures : 1;
          const timeMs = Math.min(Math.max(flushTimeoutMs * part, LEAST_WAIT_MS), flushTimeoutMs);
          const untilMs = Math.min(Date.now() + timeMs, lastMs);
          const { done } = depart(untilMs, closed ? 2 : 1, background || briefly);
          await (briefly ? inTime(done, LEAST_WAIT_MS, background) : done);
          return;
        }
        if (!closed) return;
        const joined: Flight = current;
        const carriesAll = joined.carries >= wanted;
        await inTime(joined.done, Math.min(joined.untilMs + 1, lastMs) - Date.now(), background);
        if (carriesAll && current !== joined) return;
      }
    },
  };
}
