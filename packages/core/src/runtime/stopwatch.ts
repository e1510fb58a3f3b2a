/**
 * Measures how long something has been going on. Of two clocks, one may be set back, and the other may stand
 * still in a freeze, so the one that advanced further counts.
 *
 * @param mayFreeze false if there is no freeze: then the clock that nobody sets counts alone. Default: true
 * @returns the time since then, in milliseconds
 */
export function stopwatch(mayFreeze = true): () => number {
  const startedMs = Date.now();
  const startedSteadyMs = performance.now();
  return () => {
    const steadyMs = performance.now() - startedSteadyMs;
    return mayFreeze ? Math.max(Date.now() - startedMs, steadyMs) : steadyMs;
  };
}
