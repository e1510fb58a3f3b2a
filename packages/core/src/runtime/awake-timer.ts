/** A timer that is later than this was held up: by a freeze, or by a busy event loop. */
const LATE_MS = 20;
/** What such a timer gives to what can have happened meanwhile, and waits to be read. */
const GRACE_MS = 50;

/**
 * Calls `act` after a time in which the environment was awake; what comes back cancels that.
 *
 * A timer that was armed before a freeze is due at the thaw, when an answer may lie there unread.
 *
 * @param background keeps no process running
 */
export function afterAwakeMs(waitMs: number, act: () => void, background: boolean): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const arm = (forMs: number) => {
    const dueMs = Date.now() + forMs;
    timer = setTimeout(() => (Date.now() - dueMs > LATE_MS ? arm(GRACE_MS) : act()), forMs);
    // Node's timers only: elsewhere they are numbers, and keep nothing running.
    if (background) (timer as { unref?(): void }).unref?.();
  };
  arm(waitMs);
  return () => clearTimeout(timer);
}
