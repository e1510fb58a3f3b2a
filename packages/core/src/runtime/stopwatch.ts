/**
 * Measures how long something has been going on. Of two clocks, one may be set back, and the other may stand
 * still in a freeze, so the one that advanced further counts.
 *
 * @returns the time since then, in milliseconds
 */
export function stopwatch(): () => number {
  const startedMs = Date.now();
  const startedSteadyMs = performance.now();
  return () => Math.max(Date.now() - startedMs, performance.now() - startedSteadyMs);
}
