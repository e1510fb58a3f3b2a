import { table } from "../size/table.js";
import type { TruthReport } from "./report.js";

/** The maximum number of lines of a list. */
const MAX_LINES = 20;

/** A report for people to read. */
export function reportText(report: TruthReport): string {
  const { truth, gateway, addedMs, struck, differences, changes } = report;
  const outcomes = (["succeeded", "failed", "timedOut", "coldstarts"] as const).map((name) => [
    name,
    `${truth[name]}`,
    `${gateway[name]}`,
  ]);
  const names = [...new Set([...Object.keys(truth.series), ...Object.keys(gateway.series)])].sort();
  const series = names.map((name) => [
    name,
    `${truth.series[name] ?? 0}`,
    `${gateway.series[name] ?? 0}`,
  ]);
  const added = Object.entries(addedMs).map(
    ([name, { p50, p99, worst }]) => `${name} p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms`,
  );
  return [
    `seed ${report.seed}, ${report.invocations} invocations`,
    table([["", "truth", "gateway"], ...outcomes, ...series]),
    `lost ${report.lost}, doubled ${report.doubled}, responses changed ${report.responses.changed}`,
    `unreachable ${report.unreachable}: ${report.unreachableInvocations} invocations, of ` +
      `${report.destroyedInOutage} environments that were killed, or destroyed in an outage`,
    ...(report.notPushedForMs === undefined
      ? []
      : [`the oldest request that a killed process had not pushed: ${report.notPushedForMs} ms`]),
    `ends that took longer than the time for the final flush: ${report.endsCutShort}`,
    `added to responses: ${added.join("; ")}`,
    `struck: ${Object.entries(struck)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")}`,
    ...listed(differences.map((difference) => JSON.stringify(difference))),
    ...listed(changes),
    ...prometheusText(report),
  ].join("\n");
}

/** What plain queries show, beside the truth. */
function prometheusText({ prometheus, undecided, unseen, sumDifferences = [] }: TruthReport) {
  if (!prometheus) return [];
  const rows = Object.entries(prometheus.series).map(([name, { truth, sum, increase }]) => [
    name,
    `${truth}`,
    `${sum}`,
    increase.toFixed(1),
    truth === 0 ? "" : (increase / truth).toFixed(3),
  ]);
  return [
    "",
    `Prometheus ${prometheus.version}: sum(x) at the end minus at the start, and sum(increase(x[run]))`,
    table([["", "truth", "sum(x)", "increase", "/ truth"], ...rows]),
    `counted twice because nobody could decide ${undecided}, counted without an answer ${unseen}`,
    ...listed(sumDifferences),
  ];
}

function listed(lines: readonly string[]): string[] {
  const more = lines.length - MAX_LINES;
  return [...lines.slice(0, MAX_LINES), ...(more > 0 ? [`and ${more} more`] : [])];
}
