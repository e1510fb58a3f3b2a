import { startTimer } from "./timer.js";

/** A timer that fires later than this was held up by a freeze or by a busy event loop. */
const LATE_MS = 20;
/** A late timer waits this much longer, so that an answer that arrived meanwhile is read first. */
const GRACE_MS = 50;

/**
 * Calls `act` after `waitMs` milliseconds, or 50 ms later if the environment was frozen or busy when the time
 * was up.
 *
 * A timer that was set before a freeze is due at the thaw, when an answer may already lie there unread. The
 * event loop may be busy again after the 50 ms, so they are given once.
 *
 * @param background the timer does not keep the process running
 * @returns cancels the timer
 */
export function afterAwakeMs(waitMs: number, act: () => void, background: boolean): () => void {
  const dueMs = performance.now() + waitMs;
  const due = () => {
    if (performance.now() - dueMs > LATE_MS) timer = startTimer(act, GRACE_MS, background);
    else act();
  };
  let timer = startTimer(due, waitMs, background);
  return () => clearTimeout(timer);
}
