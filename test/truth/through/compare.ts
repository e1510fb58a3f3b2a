import { addTo, type Values } from "./series.js";

/** One series, as Prometheus shows it beside the truth. */
export interface PrometheusSeries {
  /** What happened, without what could not be pushed. */
  readonly truth: number;
  /** `sum(x)` at the end minus at the start. */
  readonly sum: number;
  /** `sum(increase(x[run]))`. */
  readonly increase: number;
  /** Counted twice because nobody could decide; only if there is any. */
  readonly undecided?: number;
}

/** What Prometheus shows of a run. */
export interface PrometheusReport {
  /** Such as `3.5.3`. */
  readonly version: string;
  readonly series: Readonly<Record<string, PrometheusSeries>>;
}

/** What plain queries show should be within these shares of the truth. */
const INCREASE_LIMITS = [0.97, 1.05] as const;

/** What is missing in Prometheus' `sum(x)`, and what is too much. */
export interface SumVerdict {
  readonly lost: number;
  readonly doubled: number;
  /** Counted by a killed aggregator that did not live to answer. Nothing is wrong with it. */
  readonly unseen: number;
  /** By series. */
  readonly differences: readonly string[];
}

/**
 * Compares what Prometheus shows with what the aggregators were given, series by series.
 *
 * @param unseen what may have been counted besides
 */
export function compareSums(expected: Values, shown: Values, unseen: Values): SumVerdict {
  let lost = 0;
  let doubled = 0;
  let unanswered = 0;
  const differences: string[] = [];
  for (const series of new Set([...expected.keys(), ...shown.keys()])) {
    const due = expected.get(series) ?? 0;
    const found = shown.get(series) ?? 0;
    const excused = Math.min(Math.max(found - due, 0), unseen.get(series) ?? 0);
    const over = Math.max(found - due - excused, 0);
    const missing = Math.max(due - found, 0);
    unanswered += excused;
    lost += missing;
    doubled += over;
    if (missing + over > 0)
      differences.push(`Prometheus shows ${found} of ${series}, the aggregators were given ${due}`);
  }
  return { lost, doubled, unseen: unanswered, differences };
}

/** Puts the truth, `sum(x)` and `increase` side by side. */
export function sideBySide(
  truth: Values,
  sums: Values,
  increases: Values,
  undecided: Values,
): Record<string, PrometheusSeries> {
  const names = [...new Set([...truth.keys(), ...sums.keys()])].sort();
  return Object.fromEntries(
    names
      .map((name): [string, PrometheusSeries] => [
        name,
        {
          truth: truth.get(name) ?? 0,
          sum: sums.get(name) ?? 0,
          increase: increases.get(name) ?? 0,
          ...((undecided.get(name) ?? 0) !== 0 && { undecided: undecided.get(name)! }),
        },
      ])
      .filter(([, { truth: due, sum, increase }]) => due !== 0 || sum !== 0 || increase !== 0),
  );
}

/** The series whose increase is not within the limits. */
export function outsideLimits(
  series: Readonly<Record<string, PrometheusSeries>>,
): readonly string[] {
  const [least, most] = INCREASE_LIMITS;
  return Object.entries(series).flatMap(([name, { truth, increase, undecided = 0 }]) => {
    const due = truth + undecided;
    return increase < least * due || increase > most * due
      ? [`${name}: increase ${increase} for ${due}`]
      : [];
  });
}

/** Sums over all environments. */
export function totalOf(byEnvironment: ReadonlyMap<string, Values>): Values {
  const total = new Map<string, number>();
  for (const values of byEnvironment.values()) addTo(total, values);
  return total;
}
