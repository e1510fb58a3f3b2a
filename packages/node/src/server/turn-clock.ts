/** The newest reading in this turn of the event loop. */
let turnMs: number | undefined;

const forget = () => (turnMs = undefined);

/** The time now, in milliseconds. */
export function nowMs(): number {
  if (turnMs === undefined) setImmediate(forget);
  return (turnMs = performance.now());
}

/**
 * The newest reading in this turn of the event loop, or the time now if there is none, in milliseconds. A server that
 * is busy reads the clock half as often, which can cost more than all else that measures a request. What kept the event
 * loop busy since that reading kept the request waiting, too.
 */
export function turnStartMs(): number {
  return turnMs ?? nowMs();
}
