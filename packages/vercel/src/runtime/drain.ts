import {
  currentInstance,
  endLife,
  failRunning,
  invocations,
  startTimer,
} from "@prefreeze/core/adapter";
import { onTerminate } from "@prefreeze/node";

/**
 * Time for the last work, of the 500 ms that Vercel gives a process after SIGTERM.
 *
 * Source: https://vercel.com/docs/functions/functions-api-reference#sigterm-signal
 */
const DRAIN_MS = 450;
/** Requests may end until then; what is left of the time is the last push's. */
const REQUESTS_MS = 250;

/**
 * On SIGTERM, waits for the requests that end in time, and ends the instance's life: pushes what is not pushed yet.
 *
 * @param cutsOff the platform ends the process however many requests still run: these have failed
 */
export function drainAtTerminate(cutsOff: boolean): void {
  onTerminate(async () => {
    const instance = currentInstance();
    if (!instance?.pusher) return;
    const untilMs = Date.now() + DRAIN_MS;
    await requestsEnded(REQUESTS_MS);
    if (cutsOff) failRunning(instance, "shutdown");
    await endLife(instance.pusher, untilMs);
  }, DRAIN_MS);
}

/** Resolves when all invocations have ended, or after `withinMs` milliseconds. */
function requestsEnded(withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const untilMs = performance.now() + withinMs;
    const isOver = () => [...invocations.running.values()].every(({ ended }) => ended);
    const look = () => {
      if (isOver() || performance.now() >= untilMs) resolve();
      else startTimer(look, 10, false);
    };
    look();
  });
}
