import type { Readings } from "./oracle.js";

/** One series of one environment that does not read what it should. */
export interface Difference {
  readonly environment: string;
  readonly series: string;
  readonly truth: number;
  readonly shown: number;
}

/** What is missing and what is too much, in counts of all series. */
export interface Verdict {
  readonly lost: number;
  readonly doubled: number;
  /** What is missing of environments that the run destroyed while the gateway was out of their reach. */
  readonly unreachable: number;
  readonly differences: readonly Difference[];
}

/** @param destroyed environments that were destroyed in an outage */
export function judge(
  truth: Readings,
  shown: Readings,
  destroyed: ReadonlySet<string> = new Set(),
): Verdict {
  const sums = { lost: 0, doubled: 0, unreachable: 0 };
  const differences: Difference[] = [];
  for (const environment of new Set([...truth.keys(), ...shown.keys()])) {
    const expected = truth.get(environment);
    const found = shown.get(environment);
    for (const series of new Set([...(expected?.keys() ?? []), ...(found?.keys() ?? [])])) {
      const difference = (expected?.get(series) ?? 0) - (found?.get(series) ?? 0);
      if (difference === 0) continue;
      if (difference < 0) sums.doubled -= difference;
      else if (destroyed.has(environment)) sums.unreachable += difference;
      else sums.lost += difference;
      if (difference < 0 || !destroyed.has(environment))
        differences.push({
          environment,
          series,
          truth: expected?.get(series) ?? 0,
          shown: found?.get(series) ?? 0,
        });
    }
  }
  return { ...sums, differences };
}

/** Over all environments. */
export function totalOf(readings: Readings, series: string): number {
  let total = 0;
  for (const reading of readings.values()) {
    for (const [name, value] of reading)
      if (name === series || name.startsWith(`${series}{`)) total += value;
  }
  return total;
}
