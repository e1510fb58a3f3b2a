import type { Readings } from "./oracle.js";

/** One series of one environment that does not read what it should. */
export interface Difference {
  readonly environment: string;
  readonly series: string;
  readonly truth: number;
  readonly shown: number;
}

/** What is missing and what is too much, summed over all series of all environments. */
export interface Verdict {
  readonly lost: number;
  readonly doubled: number;
  /** What is missing, but could not be brought. */
  readonly unreachable: number;
  /** The invocations in that. */
  readonly unreachableInvocations: number;
  /** What makes up `lost` and `doubled`. */
  readonly differences: readonly Difference[];
}

/** Each invocation counts in one of them. */
const OUTCOMES = /^faas_(invocations|errors|timeouts)_total/;

/**
 * Each environment by itself, so that what one has lost and another doubled is not evened out.
 *
 * @param destroyed the environments that the run destroyed in an outage, with what the gateway showed of
 *   them then: what it did not show is unreachable, and no more than that
 */
export function judge(truth: Readings, shown: Readings, destroyed: Readings = new Map()): Verdict {
  let lost = 0;
  let doubled = 0;
  let unreachable = 0;
  let unreachableInvocations = 0;
  const differences: Difference[] = [];
  for (const environment of new Set([...truth.keys(), ...shown.keys()])) {
    const expected = truth.get(environment) ?? new Map<string, number>();
    const found = shown.get(environment) ?? new Map<string, number>();
    for (const series of new Set([...expected.keys(), ...found.keys()])) {
      const due = expected.get(series) ?? 0;
      const read = found.get(series) ?? 0;
      const brought = destroyed.has(environment)
        ? Math.min(destroyed.get(environment)!.get(series) ?? 0, due)
        : due;
      const missing = Math.max(brought - read, 0);
      const over = Math.max(read - due, 0);
      lost += missing;
      doubled += over;
      const unbrought = Math.max(due - Math.max(brought, read), 0);
      unreachable += unbrought;
      if (OUTCOMES.test(series)) unreachableInvocations += unbrought;
      if (missing + over > 0) differences.push({ environment, series, truth: due, shown: read });
    }
  }
  return { lost, doubled, unreachable, unreachableInvocations, differences };
}
