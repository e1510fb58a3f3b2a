import type { BareAnswers } from "./bare-answers.js";
import type { Stage } from "./drive.js";
import type { Response } from "./fleet.js";
import type { Difference } from "./judge.js";
import type { Counts } from "./oracle.js";
import { sumsOf } from "./readings.js";

interface Sums extends Counts {
  /** By series. */
  readonly series: Readonly<Record<string, number>>;
}

/** What a run has found. */
export interface TruthReport {
  readonly seed: number;
  /** With those of the end, which bring what is left. */
  readonly invocations: number;
  readonly truth: Sums;
  readonly gateway: Sums;
  /** Counts that are missing, summed over all series that are compared. */
  readonly lost: number;
  /** Counts that are too much. */
  readonly doubled: number;
  /** Missing counts of environments that the run destroyed in an outage, which they had not brought by then. */
  readonly unreachable: number;
  /** Answers that differ from those of the handler without metrics. */
  readonly responses: { readonly changed: number };
  /**
   * The most that an answer took beyond the handler's own time: from the hand-over of the invocation to its
   * environment until the caller's SDK had the answer. The first of each process is left out: a runtime that
   * is reset initializes within that time. So this has the runtime client's and the emulator's time in it,
   * and what a busy machine adds.
   */
  readonly worstAddedMs: number;
  readonly destroyed: number;
  /** How often each fault struck: invocations, pushes, connections, gateways or environments. */
  readonly struck: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
  readonly changes: readonly string[];
}

export async function reportOf(
  { gateway, ledger }: Stage,
  bare: BareAnswers,
  seed: number,
): Promise<TruthReport> {
  const { counts, readings } = await ledger.truth();
  const shown = sumsOf(await ledger.shown());
  const changes = ledger.responses.flatMap((response) => bare.changeIn(response) ?? []);
  const { lost, doubled, unreachable, differences } = await ledger.verdict();
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
    lost,
    doubled,
    unreachable,
    responses: { changed: changes.length },
    worstAddedMs: Math.max(0, ...ledger.responses.map((response) => addedMsOf(response))),
    destroyed: ledger.destroyed,
    struck: { ...kindsOf(ledger.responses), ...gateway.struck() },
    differences,
    changes,
  };
}

function kindsOf(responses: readonly Response[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { event } of responses)
    if (event.kind) kinds[event.kind] = (kinds[event.kind] ?? 0) + 1;
  return kinds;
}

/** Of an answer from a warm process; 0 for all others. */
function addedMsOf({ payload, atMs }: Response): number {
  const { handlerMs, handedOverAtMs, first } = payload;
  if (handlerMs === undefined || handedOverAtMs === undefined || first) return 0;
  return Math.round(atMs - handedOverAtMs - handlerMs);
}
