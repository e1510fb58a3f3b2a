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
    const flight: Flight = {
      version,
      untilMs,
      landed: attempt(push, untilMs - Date.now()).then((failure) => {
        // Another has taken over where this one was given up, and its outcome is not known.
        if (inFlight === flight) inFlight = undefined;
        if (failure === undefined) acknowledged = Math.max(acknowledged, version);
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
        if (inFlight === undefined || inFlight.untilMs <= Date.now()) {
          await depart(untilMs).landed;
          return;
        }
        const { version, untilMs: itsUntilMs, landed: joined } = inFlight;
        await within(joined, Math.min(untilMs, itsUntilMs + 1) - Date.now());
        if (version >= wanted && inFlight?.landed !== joined) return;
      }
    },
  };
}

/** Resolves within the time, whatever `push` does. */
function attempt(
  push: (signal: AbortSignal) => Promise<void>,
  timeoutMs: number,
): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      resolve({ error: new Error(`no answer within ${Math.round(timeoutMs)} ms`) });
      controller.abort();
    }, timeoutMs);
    push(controller.signal).then(
      () => {
        clearTimeout(timer);
        resolve(undefined);
      },
      (error: unknown) => {
        clearTimeout(timer);
        resolve({ error });
      },
    );
  });
}

function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
