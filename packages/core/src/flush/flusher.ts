import { guarded } from "../runtime/guarded.js";
import { type Failure, inTime } from "../runtime/in-time.js";
import { abort, type Attempt, newAttempt, overMs, run } from "./attempt.js";
import { awakeTime } from "./awake-time.js";
import { createBackoff, type FlushInterval } from "./backoff.js";
import { type Breaker, createBreaker } from "./breaker.js";
import { clockOffsetMs } from "./flush-until.js";
import type { PushWindow } from "./push-window.js";

/** Minimum time for any push. Also how long a flush waits for a half-open probe, and the final flush for the push in flight. */
const MIN_WAIT_MS = 50;
/** An answer that arrived during a freeze is read in the next turn of the event loop. */
const THAW_MS = 10;

/** Brings snapshots to a target, one at a time. */
export interface Flusher {
  /** The totals have changed since the newest snapshot that was acknowledged. */
  readonly pending: boolean;
  /** Other requests will push all that is merged by now, so the caller's own flush can be left out. */
  isCovered(): boolean;
  /** The circuit breaker, to look at. */
  readonly breaker: Pick<Breaker, "failures" | "state">;
  /**
   * Pushes all that is merged by now. Resolves when the push has succeeded or failed, has run out of time,
   * or is put off; never rejects. If a push is already in flight, waits for it first; each push has its
   * own timeout.
   *
   * A push that failed without an answer, or because the gateway is overloaded, is retried once. Each
   * failure in a row quarters the time of the next push; after three, the breaker opens.
   *
   * @param untilMs when to give up, in milliseconds since 1970; default: after the flush timeout
   * @param background nothing waits for the flush: its timers do not keep the process running
   * @param atOnce does not wait until the window is over
   */
  flush(untilMs?: number, background?: boolean, atOnce?: boolean): Promise<void>;
  /**
   * The final flush: ignores breaker and backoff, and pushes even if nothing changed.
   *
   * @param untilMs when to give up, in milliseconds since 1970
   */
  flushFinally(untilMs: number): Promise<void>;
}

/** How long a flush may take, and how soon the next one may follow. */
export interface FlusherSettings {
  readonly flushTimeoutMs: number;
  readonly minFlushIntervalMs: FlushInterval;
}

/**
 * Creates a flusher, which decides when to push and how long to wait.
 *
 * @param push sends the newest snapshot once, within `timeoutMs`; rejects if that fails
 * @param totals their version rises with every change
 * @param freezes a push holds up the invocation, or continues after a freeze, so the wait for it shrinks
 *   with every failure
 * @param settled called when a push has settled, its retry included
 * @param window if requests share pushes; the final flush does not wait for it
 */
export function createFlusher(
  push: (controller: AbortController, timeoutMs: number) => Promise<void>,
  totals: { readonly version: number },
  { flushTimeoutMs, minFlushIntervalMs }: FlusherSettings,
  freezes: boolean,
  settled: (durationMs: number, failure: Failure | undefined) => void,
  window?: PushWindow,
): Flusher {
  const breaker = createBreaker();
  const backoff = createBackoff(minFlushIntervalMs);
  let acknowledged = -1;
  let inFlight: Attempt | undefined;
  /** The newest one that failed, and would fail again if another flush made it. */
  let failed: Attempt | undefined;

  function start(untilMs: number, tries: number, background: boolean): Attempt {
    // Before any timer starts: it throws if other code has made the global unusable.
    const controller = new AbortController();
    const attempt = newAttempt(controller, untilMs, window?.begin(), awakeTime(freezes));
    inFlight = attempt;
    backoff.started();
    const beginTry = () => (attempt.version = totals.version);
    attempt.done = run(attempt, tries, background, push, beginTry).then((failure) => {
      if (!failure) acknowledged = Math.max(acknowledged, attempt.version);
      if (failure && !attempt.settled && !window?.isOfRequest(failure.error)) failed = attempt;
      settle(attempt, failure);
    });
    return attempt;
  }

  function settle(attempt: Attempt, failure: Failure | undefined): void {
    // A push that was superseded has settled already.
    if (attempt.settled) return;
    attempt.settled = true;
    if (attempt.holder) attempt.holder.released = true;
    if (inFlight === attempt) inFlight = undefined;
    const durationMs = Math.min(attempt.tookMs(), flushTimeoutMs);
    breaker.settled(!failure);
    backoff.settled(durationMs, attempt.overload ?? failure?.error);
    settled(durationMs, failure);
    if (failure) abort(attempt);
  }

  /** Gives up the push in flight, since its time is up or the final flush needs it, unless its answer arrives in a moment. */
  async function supersede(attempt: Attempt, background: boolean): Promise<void> {
    // Its time may have passed in a freeze. If it is given up too soon, it may be applied over its successor.
    const isOver = overMs(attempt) <= performance.now();
    await inTime(attempt.done, isOver ? THAW_MS : MIN_WAIT_MS, background);
    const ended = isOver && attempt.untilMs > performance.now() && window?.ended;
    settle(attempt, { error: new Error(ended || "no answer in time") });
  }

  /** @param giveUpMs when to give up, by `performance.now()` */
  async function flush(
    giveUpMs: number,
    background: boolean,
    atOnce: boolean,
    final: boolean,
  ): Promise<void> {
    let wanted = totals.version;
    const failedBefore = failed;
    const shared = atOnce ? undefined : window;
    let turn = shared;
    while (performance.now() < giveUpMs) {
      if (!final && acknowledged >= wanted) return;
      // It has carried all that this flush would bring.
      if (!final && failed !== failedBefore && failed!.version >= wanted) return;
      if (turn) {
        wanted = Math.max(wanted, await turn.turn(backoff.pauseMs(), giveUpMs, background));
        turn = undefined;
        continue;
      }
      // On Workers, a push whose request has ended never settles: it is enough that its time is up.
      if (inFlight && (final || overMs(inFlight) <= performance.now())) {
        await supersede(inFlight, background);
        continue;
      }
      const closed = final || breaker.state === "closed";
      if (!inFlight) {
        // A push of others may have made the pause longer meanwhile, and nobody may come after this flush.
        if (!final && (breaker.state === "open" || (backoff.pauseMs() > 0 && !(turn = shared))))
          return;
        if (turn) continue;
        // If nothing freezes, nobody waits. If the environment freezes, a probe may outlive the wait for it.
        const briefly = freezes && !closed;
        const share = freezes && closed && !final ? 1 / 4 ** breaker.failures : 1;
        const timeMs = Math.min(Math.max(flushTimeoutMs * share, MIN_WAIT_MS), flushTimeoutMs);
        const untilMs = Math.min(performance.now() + timeMs, giveUpMs);
        const { done } = start(untilMs, closed ? 2 : 1, background || briefly);
        await (briefly ? inTime(done, MIN_WAIT_MS, background) : done);
        return;
      }
      if (!closed) return;
      const joined: Attempt = inFlight;
      await inTime(
        joined.done,
        Math.min(overMs(joined) + 1, giveUpMs) - performance.now(),
        background,
      );
    }
  }

  /** Without this, an error of ours would be one of the handler. */
  const neverRejects = (flushed: Promise<void>) =>
    flushed.catch((error: unknown) =>
      guarded(() => {
        throw error;
      }),
    );

  return {
    get pending() {
      return acknowledged < totals.version;
    },
    breaker,
    isCovered: () => window?.isCovered(totals.version) === true,
    flush(untilMs = Infinity, background = false, atOnce = false) {
      const giveUpMs = untilMs - clockOffsetMs();
      const endMs = window ? performance.now() + window.longestMs : giveUpMs;
      return neverRejects(flush(Math.min(giveUpMs, endMs), background, atOnce, false));
    },
    flushFinally: (untilMs) => neverRejects(flush(untilMs - clockOffsetMs(), false, true, true)),
  };
}
