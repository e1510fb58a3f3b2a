import { state } from "./state.js";

/** What is left to the function of its time when a flush gives up. */
const DEADLINE_MARGIN_MS = 100;

/** Brings snapshots to a target, one at a time. */
export interface Flusher {
  /**
   * Resolves when a snapshot with all that is folded by now has landed, failed or run out of time;
   * never rejects.
   *
   * @param deadlineMs when the platform ends the invocation, in milliseconds since 1970
   */
  flush(deadlineMs?: number): Promise<void>;
}

/** Why an attempt failed. */
export interface Failure {
  readonly error: unknown;
}

/** One attempt on its way. */
interface Flight {
  /** What of the totals it carries. */
  readonly version: number;
  readonly untilMs: number;
  readonly landed: Promise<void>;
}

/**
 * @param push one attempt with the newest snapshot; rejects where it failed
 * @param landed told of every attempt that ended
 */
export function createFlusher(
  push: (signal: AbortSignal) => Promise<void>,
  timeoutMs: number,
  landed: (durationMs: number, failure: Failure | undefined) => void,
): Flusher {
  let acknowledged = -1;
  let inFlight: Flight | undefined;

  function depart(untilMs: number): Flight {
    const { version } = state;
    const startedMs = performance.now();
    const controller = new AbortController();
    const flight: Flight = {
      version,
      untilMs,
      landed: inTime(push(controller.signal), untilMs - Date.now()).then((failure) => {
        // Another may have taken over where this one was given up.
        if (inFlight === flight) inFlight = undefined;
        if (failure) controller.abort();
        else acknowledged = Math.max(acknowledged, version);
        landed(performance.now() - startedMs, failure);
      }),
    };
    return (inFlight = flight);
  }

  return {
    async flush(deadlineMs = Infinity) {
      const wanted = state.version;
      const untilMs = Math.min(Date.now() + timeoutMs, deadlineMs - DEADLINE_MARGIN_MS);
      while (acknowledged < wanted && Date.now() < untilMs) {
        // On Workers a flight whose request has ended never lands: its time being up is enough.
        if (!inFlight || inFlight.untilMs <= Date.now()) return depart(untilMs).landed;
        const joined = inFlight;
        await inTime(joined.landed, Math.min(untilMs, joined.untilMs + 1) - Date.now());
        if (joined.version >= wanted && inFlight !== joined) return;
      }
    },
  };
}

/** Resolves with the failure, or undefined, and in time whatever `work` does. */
function inTime(work: Promise<void>, timeoutMs: number): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const end = (failure?: Failure) => {
      clearTimeout(timer);
      resolve(failure);
    };
    const timer = setTimeout(
      () => end({ error: new Error(`no answer within ${Math.round(timeoutMs)} ms`) }),
      timeoutMs,
    );
    work.then(
      () => end(),
      (error: unknown) => end({ error }),
    );
  });
}
