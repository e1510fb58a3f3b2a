import { setTimeout as sleep } from "node:timers/promises";
import type { Difference } from "../judge.js";
import type { Receiver } from "../receiver.js";
import type { AggregatorReceiver } from "./aggregator-receiver.js";
import {
  compareSums,
  type PrometheusReport,
  sideBySide,
  type SumVerdict,
  totalOf,
} from "./compare.js";
import { addTo, type Values } from "./series.js";
import type { Watch } from "./watch.js";

/** What a run pushes through before Prometheus sees it. */
export type Through = "aggregator" | "direct" | "protobuf";

/** What Prometheus shows at the end of a run. */
export interface Observation {
  readonly prometheus: PrometheusReport;
  /** Whether its sums are exact. */
  readonly sums: SumVerdict;
  /** Counted twice, because a push in doubt met one aggregator, and the next push another one or a lost state. */
  readonly undecided: number;
}

const NOTHING: Values = new Map();

/** Reads Prometheus, beside aggregators. */
export async function observeAggregator(
  receiver: AggregatorReceiver,
  differences: readonly Difference[],
  { tailMs, version }: { readonly tailMs: number; readonly version: string },
): Promise<Observation> {
  const { watch, pushed } = receiver;
  await watch.settled();
  await receiver.untilShown();
  await sleep(tailMs);
  const shown = await receiver.shown();
  const sums = compareSums(receiver.expected(), shown, pushed.unseen());
  const undecided = totalOf(pushed.undecided());
  return {
    prometheus: await prometheusReport(receiver, watch, shown, {
      differences,
      version,
      undecided,
    }),
    sums,
    undecided: [...undecided.values()].reduce((sum, value) => sum + value, 0),
  };
}

/**
 * Reads Prometheus, beside a gateway, whose groups it must show as they are.
 *
 * @param closed what it has shown of groups whose state was lost
 */
export async function observeGateway(
  receiver: Receiver,
  watch: Watch,
  differences: readonly Difference[],
  {
    tailMs,
    version,
    closed = NOTHING,
  }: { readonly tailMs: number; readonly version: string; readonly closed?: Values },
): Promise<Observation> {
  await watch.settled();
  // Two scrapes, so that the newest pushes are in.
  await sleep(Math.max(tailMs, 3_000));
  const shown = new Map(closed);
  addTo(shown, totalOf(await watch.sums()));
  return {
    prometheus: await prometheusReport(receiver, watch, shown, {
      differences,
      version,
      undecided: new Map(),
    }),
    sums: compareSums(await receiver.values(), shown, NOTHING),
    undecided: 0,
  };
}

async function prometheusReport(
  receiver: Receiver,
  watch: Watch,
  shown: Values,
  {
    differences,
    version,
    undecided,
  }: {
    readonly differences: readonly Difference[];
    readonly version: string;
    readonly undecided: Values;
  },
): Promise<PrometheusReport> {
  const truth = new Map(await receiver.values());
  for (const { series: distinguished, truth: due, shown: counted } of differences) {
    const series = distinguished.replace(/faas_trigger="\w+",?/, "").replace("{}", "");
    truth.set(series, (truth.get(series) ?? 0) + due - counted);
  }
  const names = new Set([...truth.keys(), ...shown.keys()].map((series) => series.split("{")[0]!));
  const increases = await watch.increases(names);
  return { version, series: sideBySide(truth, shown, increases, undecided) };
}
