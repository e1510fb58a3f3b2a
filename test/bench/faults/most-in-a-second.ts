/** How many of these moments, in milliseconds, lie within one second at most. */
export function mostInASecond(timesMs: readonly number[]): number {
  return Math.max(
    ...timesMs.map((fromMs) => timesMs.filter((ms) => ms >= fromMs && ms < fromMs + 1_000).length),
  );
}
