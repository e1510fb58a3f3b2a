let scheduled = false;

/**
 * Flushes once within `withinMs`, however often it is called until then; for processes that nothing
 * freezes. It keeps no process running.
 */
export function flushWithin(withinMs: number, flush: () => unknown): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    flush();
  }, withinMs).unref();
}
