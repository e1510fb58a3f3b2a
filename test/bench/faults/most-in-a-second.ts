/** The largest number of these times, in milliseconds, that lie within one second. */
export function mostInASecond(timesMs: readonly number[]): number {
  return Math.max(
    ...timesMs.map((fromMs) => timesMs.filter((ms) => ms >= fromMs && ms < fromMs + 1_000).length),
  );
}
