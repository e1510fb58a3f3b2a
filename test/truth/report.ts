import { quantile } from "../bench/quantile.js";
import type { BareAnswers } from "./bare-answers.js";
import type { Stage } from "./stage.js";
import type { Response } from "./fleet.js";
import type { Difference, Verdict } from "./judge.js";
import type { Counts } from "./oracle.js";
import { sumsOf } from "./readings.js";
import type { PrometheusReport } from "./through/compare.js";
import type { Observation } from "./through/observe.js";

interface Sums extends Counts {
  /** By series. */
  readonly series: Readonly<Record<string, number>>;
}

interface AddedMs {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
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
}

export async function reportOf(
  { gateway, ledger }: Stage,
  bare: BareAnswers,
  seed: number,
  verdict: Verdict,
  observation: Observation | undefined,
): Promise<TruthReport> {
  const { counts, readings } = await ledger.truth();
  const shown = sumsOf(await ledger.shown());
  const changes = ledger.responses.flatMap((response) => bare.changeIn(response) ?? []);
  const { differences, ...sums } = verdict;
  const { inOutage, cutShort, ...destroyed } = ledger.endings;
  const addedMs = addedMsOf(ledger.responses);
  return {
    seed,
    invocations: ledger.invocations,
    truth: { ...counts, series: sumsOf(readings) },
    gateway: {
      succeeded: shown["faas_invocations_total"] ?? 0,
      failed: Object.entries(shown)
        .filter(([series]) => series.startsWith("faas_errors_total"))
        .reduce((sum, [, value]) => sum + value, 0),
      timedOut: shown["faas_timeouts_total"] ?? 0,
      coldstarts: shown["faas_coldstarts_total"] ?? 0,
      series: shown,
    },
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
    ...(observation && {
      prometheus: observation.prometheus,
      undecided: observation.undecided,
      unseen: observation.sums.unseen,
      sumDifferences: observation.sums.differences,
    }),
  };
}

function kindsOf(responses: readonly Response[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { event } of responses)
    if (event.kind) kinds[event.kind] = (kinds[event.kind] ?? 0) + 1;
  return kinds;
}

function addedMsOf(responses: readonly Response[]): Record<string, AddedMs> {
  const byFunction = new Map<string, number[]>();
  for (const { of, payload, atMs } of responses) {
    const { handlerMs, handedOverAtMs, first } = payload;
    if (handlerMs === undefined || handedOverAtMs === undefined || first) continue;
    const added = byFunction.get(of) ?? [];
    byFunction.set(of, added);
    added.push(Math.max(0, Math.round(atMs - handedOverAtMs - handlerMs)));
  }
  const entries = [...byFunction].map(([name, values]): [string, AddedMs] => {
    const at = (share: number) => Math.round(quantile(values, share));
    return [name, { p50: at(0.5), p99: at(0.99), worst: at(1) }];
  });
  return Object.fromEntries(entries);
}
