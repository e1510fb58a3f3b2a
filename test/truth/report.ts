import type { AddedMs } from "./added-ms.js";
import type { FaultyGateway } from "./faulty-gateway.js";
import type { Difference, Verdict } from "./judge.js";
import type { Ledger } from "./ledger.js";
import type { Counts } from "./oracle.js";
import { sumsOf } from "./readings.js";
import type { PrometheusReport } from "./through/compare.js";
import type { Observation } from "./through/observe.js";

interface Sums extends Counts {
  /** By series. */
  readonly series: Readonly<Record<string, number>>;
}

/** The findings of a run. */
export interface TruthReport {
  readonly seed: number;
  /** Including those at the end, which push what is pending. */
  readonly invocations: number;
  readonly truth: Sums;
  readonly gateway: Sums;
  /** Counts that are missing, summed over all compared series; in Prometheus too, behind an aggregator. */
  readonly lost: number;
  /** Counts that are too high. */
  readonly doubled: number;
  /**
   * Counts that are missing because the run destroyed their environments, during an outage, before they were
   * pushed.
   */
  readonly unreachable: number;
  /** The invocations among them, by their outcomes. */
  readonly unreachableInvocations: number;
  /** Answers that differ from those of the handler without metrics. */
  readonly responses: { readonly changed: number };
  /** The maximum of all `addedMs`. */
  readonly worstAddedMs: number;
  /**
   * The time that answers took beyond the handler's own, by function: from the hand-over of an invocation to its
   * environment until the caller's SDK had the answer. Leaves out the first invocation of each process, since a
   * runtime that was reset initializes within that time. It includes some milliseconds of the runtime client and the
   * emulator, and what a busy machine adds.
   */
  readonly addedMs: Readonly<Record<string, AddedMs>>;
  /** Those that were killed are among them. */
  readonly destroyedInOutage: number;
  /**
   * Registered environments whose shutdown took longer than the time for the final flush: what it did not push
   * is lost.
   */
  readonly endsCutShort: number;
  /** How often each fault struck: invocations, pushes, connections, gateways or environments. */
  readonly struck: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
  readonly changes: readonly string[];
  /** What Prometheus shows, if the run has one. */
  readonly prometheus?: PrometheusReport;
  /**
   * Counted twice by aggregators, because nobody could decide: a push in doubt met one aggregator, and the next push
   * another one or a lost state. Summed over all series.
   */
  readonly undecided?: number;
  /** Counted by a killed aggregator whose answer nobody saw. Summed over all series. */
  readonly unseen?: number;
  /** Where Prometheus' `sum(x)` differs from what the aggregators were given. */
  readonly sumDifferences?: readonly string[];
  /**
   * How long the oldest request that a killed process had not pushed was over, in milliseconds. Of processes that were
   * killed before any fault of the gateway: after one, instances may space their pushes.
   */
  readonly notPushedForMs?: number;
}

/** One call of a function, and what happened in it. */
interface Called {
  readonly event: { readonly id: number; readonly kind?: string };
}

export interface Findings {
  readonly seed: number;
  readonly verdict: Verdict;
  /** Of Prometheus, if the run has one. */
  readonly observation: Observation | undefined;
  /** How answers differ from those of the handler without metrics. */
  readonly changes: readonly string[];
  /** By function. */
  readonly addedMs: Readonly<Record<string, AddedMs>>;
  readonly notPushedForMs?: number;
  /** Reads the counts of what is shown. Default: as the metrics of functions tell them. */
  readonly countsOf?: (shown: Readonly<Record<string, number>>) => Counts;
}

export async function reportOf<Response extends Called>(
  {
    gateway,
    ledger,
  }: {
    readonly gateway: Pick<FaultyGateway, "struck">;
    readonly ledger: Ledger<Response["event"], Response>;
  },
  { seed, verdict, observation, changes, addedMs, notPushedForMs, countsOf = faasCounts }: Findings,
): Promise<TruthReport> {
  const { counts, readings } = await ledger.truth();
  const shown = sumsOf(await ledger.shown());
  const { differences, ...sums } = verdict;
  const { inOutage, cutShort, ...destroyed } = ledger.endings;
  return {
    seed,
    invocations: ledger.invocations,
    truth: { ...counts, series: sumsOf(readings) },
    gateway: { ...countsOf(shown), series: shown },
    ...sums,
    ...(observation && {
      lost: sums.lost + observation.sums.lost,
      doubled: sums.doubled + observation.sums.doubled,
    }),
    responses: { changed: changes.length },
    worstAddedMs: Math.max(0, ...Object.values(addedMs).map(({ worst }) => worst)),
    addedMs,
    destroyedInOutage: inOutage,
    endsCutShort: cutShort,
    struck: { ...kindsOf(ledger.responses), ...gateway.struck(), ...destroyed },
    differences,
    changes,
    ...(notPushedForMs !== undefined && { notPushedForMs }),
    ...(observation && {
      prometheus: observation.prometheus,
      undecided: observation.undecided,
      unseen: observation.sums.unseen,
      sumDifferences: observation.sums.differences,
    }),
  };
}

/** Counts each outcome by the metric that functions have for it. */
export function faasCounts(shown: Readonly<Record<string, number>>): Counts {
  const total = (name: string) =>
    Object.entries(shown)
      .filter(([series]) => series.split("{")[0] === name)
      .reduce((sum, [, value]) => sum + value, 0);
  return {
    succeeded: total("faas_invocations_total"),
    failed: total("faas_errors_total"),
    timedOut: total("faas_timeouts_total"),
    coldstarts: total("faas_coldstarts_total"),
  };
}

function kindsOf(responses: readonly Called[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { event } of responses)
    if (event.kind) kinds[event.kind] = (kinds[event.kind] ?? 0) + 1;
  return kinds;
}
