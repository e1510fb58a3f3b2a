import { startTimer } from "@prefreeze/core/adapter";

let scheduled = false;

/**
 * Flushes once within `withinMs` milliseconds, however often it is called until then; for processes that
 * are never frozen. The timer does not keep the process running.
 */
export function flushWithin(withinMs: number, flush: () => unknown): void {
  if (scheduled) return;
  scheduled = true;
  startTimer(
    () => {
      scheduled = false;
      flush();
    },
    withinMs,
    true,
  );
}
