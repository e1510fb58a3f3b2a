/**
 * Sets a timer.
 *
 * @param waitMs in milliseconds
 * @param background the timer does not keep the process running
 */
export function startTimer(
  act: () => void,
  waitMs: number,
  background: boolean,
): ReturnType<typeof setTimeout> {
  // Node.js warns of a negative time: one that passed while the caller was busy.
  const timer = setTimeout(act, Math.max(waitMs, 0));
  // Only Node.js has `unref`: elsewhere timers are numbers and keep nothing running.
  if (background) (timer as { unref?(): void }).unref?.();
  return timer;
}
