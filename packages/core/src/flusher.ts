import { state } from "./state.js";

/** What is left to the function of its time when a flush gives up. */
const DEADLINE_MARGIN_MS = 100;

/** Brings snapshots to a target, one at a time. */
export interface Flusher {
  /**
   * Resolves when a snapshot with all that is folded by now has landed, failed or run out of time;
   * never rejects. Where another push is under way, both have their time.
   *
   * @param deadlineMs when the platform ends the invocation, in milliseconds since 1970
   * @param background nothing waits for it: its timers keep no process running
   */
  flush(deadlineMs?: number, background?: boolean): Promise<void>;
}

/** Why an attempt failed. */
export interface Failure {
  readonly error: unknown;
}

/**
 * @param push one attempt with the newest snapshot; rejects where it failed
 * @param landed told of every attempt that ended
 */
export function createFlusher(
  push: (controller: AbortController) => Promise<void>,
  timeoutMs: number,
  landed: (durationMs: number, failure: Failure | undefined) => void,
): Flusher {
  let acknowledged = -1;
  // The attempt on its way: what of the totals it carries, and when it is given up.
  let flight: Promise<void> | undefined;
  let carried = 0;
  let flightUntilMs = 0;

  function depart(untilMs: number, background: boolean): Promise<void> {
    const { version } = state;
    const startedMs = performance.now();
    const controller = new AbortController();
    const departed = inTime(push(controller), untilMs - Date.now(), background).then((failure) => {
      // Another may have taken over where this one was given up.
      if (flight === departed) flight = undefined;
      if (failure) controller.abort();
      else acknowledged = Math.max(acknowledged, version);
      landed(performance.now() - startedMs, failure);
    });
    carried = version;
    flightUntilMs = untilMs;
    return (flight = departed);
  }

  return {
    async flush(deadlineMs = Infinity, background = false) {
      const wanted = state.version;
      const lastMs = deadlineMs - DEADLINE_MARGIN_MS;
      while (acknowledged < wanted && Date.now() < lastMs) {
        // On Workers a flight whose request has ended never lands: its time being up is enough.
        if (!flight || flightUntilMs <= Date.now())
          return depart(Math.min(Date.now() + timeoutMs, lastMs), background);
        const joined = flight;
        const carriesAll = carried >= wanted;
        await inTime(joined, Math.min(flightUntilMs + 1, lastMs) - Date.now(), background);
        if (carriesAll && flight !== joined) return;
      }
    },
  };
}

/** Resolves with the failure, or undefined, and in time whatever `work` does. */
function inTime(
  work: Promise<void>,
  timeoutMs: number,
  background: boolean,
): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const end = (failure?: Failure) => {
      clearTimeout(timer);
      resolve(failure);
    };
    const timer = setTimeout(
      () => end({ error: new Error(`no answer within ${Math.round(timeoutMs)} ms`) }),
      timeoutMs,
    );
    // Node's timers only: elsewhere they are numbers, and keep nothing running.
    if (background) (timer as { unref?(): void }).unref?.();
    work.then(
      () => end(),
      (error: unknown) => end({ error }),
    );
  });
}
