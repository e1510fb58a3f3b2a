/** A timer that fires later than this was held up by a freeze or by a busy event loop. */
const LATE_MS = 20;
/** A late timer waits this much longer, so that an answer that arrived meanwhile is read first. */
const GRACE_MS = 50;

/**
 * Calls `act` after the environment has been awake for `waitMs` milliseconds.
 *
 * A timer that was set before a freeze is due at the thaw, when an answer may already lie there unread.
 *
 * @param background the timer does not keep the process running
 * @returns cancels the timer
 */
export function afterAwakeMs(waitMs: number, act: () => void, background: boolean): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const arm = (forMs: number) => {
    const dueMs = Date.now() + forMs;
    const due = () => (Date.now() - dueMs > LATE_MS ? arm(GRACE_MS) : act());
    // Node.js warns of a negative time: one that passed while the caller was busy.
    timer = setTimeout(due, Math.max(forMs, 0));
    // Only Node.js has `unref`: elsewhere timers are numbers and keep nothing running.
    if (background) (timer as { unref?(): void }).unref?.();
  };
  arm(waitMs);
  return () => clearTimeout(timer);
}
