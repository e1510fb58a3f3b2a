import { startTimer } from "./timer.js";

/** A timer that fires later than this was held up by a freeze or by a busy event loop. */
const LATE_MS = 20;
/** A late timer in the background waits this much longer; another one waits for the next turn of the event loop. */
const GRACE_MS = 50;

/**
 * Calls `act` after `waitMs` milliseconds, or a moment later if the environment was frozen or busy when the
 * time was up: an answer that arrived meanwhile is read first.
 *
 * The event loop may be busy again after that moment, so it is given once.
 *
 * @param background the timer does not keep the process running
 * @returns cancels the timer
 */
export function afterAwakeMs(waitMs: number, act: () => void, background: boolean): () => void {
  const dueMs = performance.now() + waitMs;
  const due = () => {
    if (performance.now() - dueMs > LATE_MS)
      timer = startTimer(act, background ? GRACE_MS : 0, background);
    else act();
  };
  let timer = startTimer(due, waitMs, background);
  return () => clearTimeout(timer);
}
