import type { Growth, Queries } from "./queries.js";

/** PromQL about the invocations of functions. */
export interface FaasQueries {
  /** Invocations per second, whatever their outcome. */
  invocations(by: readonly string[]): string;
  /** Invocations in the dashboard's time range, whatever their outcome. */
  invocationsInRange(by: readonly string[]): string;
  /** Share of the invocations that a counter counts, from 0 to 1. */
  share(counter: string, by: readonly string[]): string;
  /** The same, in the dashboard's time range. */
  shareInRange(counter: string, by: readonly string[]): string;
  /** The duration, in seconds, below which a share of the invocations stays. */
  quantile(quantile: number, by: readonly string[]): string;
  /** The same, in the dashboard's time range. */
  quantileInRange(quantile: number, by: readonly string[]): string;
  /** The mean of a metric that has a sum and a count but no buckets, in its unit. */
  mean(name: string, matchers: string, by: readonly string[]): string;
}

/** The three outcomes: each invocation counts in exactly one of these. */
const OUTCOMES = ["faas_invocations_total", "faas_errors_total", "faas_timeouts_total"] as const;
const DURATION = "faas_invoke_duration_seconds_bucket";

/**
 * @param queries how to read what was pushed
 * @param matchers which invocations count
 */
export function faasQueries(queries: Queries, matchers: string): FaasQueries {
  const all = (growth: Growth, by: readonly string[]) =>
    OUTCOMES.map((counter) => growth(counter, matchers, by)).join(" + ");
  const share = (growth: Growth, counter: string, by: readonly string[]) =>
    `(${growth(counter, matchers, by)}) / (${all(growth, by)})`;
  const quantile = (growth: Growth, rank: number, by: readonly string[]) =>
    `histogram_quantile(${rank}, ${growth(DURATION, matchers, [...by, "le"])})`;
  return {
    invocations: (by) => all(queries.perSecond, by),
    invocationsInRange: (by) => all(queries.inRange, by),
    share: (counter, by) => share(queries.perSecond, counter, by),
    shareInRange: (counter, by) => share(queries.inRange, counter, by),
    quantile: (rank, by) => quantile(queries.perSecond, rank, by),
    quantileInRange: (rank, by) => quantile(queries.inRange, rank, by),
    mean: (name, of, by) =>
      `(${queries.perSecond(`${name}_sum`, of, by)}) / (${queries.perSecond(`${name}_count`, of, by)})`,
  };
}
