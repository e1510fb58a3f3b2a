import type { Readings } from "./oracle.js";

/** A series of one environment whose value is wrong. */
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
  /** What is missing because it could not be pushed. */
  readonly unreachable: number;
  /** The invocations among them. */
  readonly unreachableInvocations: number;
  /** The differences that make up `lost` and `doubled`. */
  readonly differences: readonly Difference[];
}

/** Each invocation is counted in exactly one of these. */
export const OUTCOMES =
  /^(faas_(invocations|errors|timeouts)_total|http_server_request_duration_seconds_count)/;

/**
 * Judges each environment separately, so that a loss in one does not offset a double count in another.
 *
 * @param destroyed the environments that the run destroyed during an outage, and what the gateway showed of
 *   them just before: only what it did not show is unreachable
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
      const pushed = destroyed.has(environment)
        ? Math.min(destroyed.get(environment)!.get(series) ?? 0, due)
        : due;
      const missing = Math.max(pushed - read, 0);
      const over = Math.max(read - due, 0);
      lost += missing;
      doubled += over;
      const notPushed = Math.max(due - Math.max(pushed, read), 0);
      unreachable += notPushed;
      if (OUTCOMES.test(series)) unreachableInvocations += notPushed;
      if (missing + over > 0) differences.push({ environment, series, truth: due, shown: read });
    }
  }
  return { lost, doubled, unreachable, unreachableInvocations, differences };
}
