import { diff } from "../exposition/diff.js";
import { type ParsedMetric, parseText } from "../exposition/parse-text.js";
import { changesInTextFormat, textFormat } from "../exposition/text-format.js";
import { catalog, redefined, sortedMetrics } from "../metrics/catalog.js";
import type { Metric } from "../metrics/metric.js";
import type { Totals } from "./journal.js";
import type { Life } from "./life.js";

/**
 * The totals as text. A restored metric stays in its life as it was, even if this process defines another one.
 *
 * @param leftOut the names of metrics that are left out
 */
export function snapshot(leftOut?: ReadonlySet<string>): string {
  let metrics = sortedMetrics();
  if (leftOut?.size) metrics = metrics.filter(({ name }) => !leftOut.has(name));
  if (redefined.length > 0)
    metrics = metrics.map((metric) => redefined.find(({ name }) => name === metric.name) ?? metric);
  return textFormat(metrics);
}

export const totals: Totals = {
  changed() {
    // Nobody takes the list until all is written.
    if (redefined.length > 0) catalog.changed = undefined;
    return redefined.length > 0 ? undefined : changesInTextFormat();
  },
  all: () => snapshot(),
};

/**
 * Whether the life must be replaced, because a metric of it is defined with another shape now, and can be,
 * because all that the old definition counted is acknowledged. If so, the totals are reduced to what the new
 * life starts with.
 */
export function dropRedefined({ inDoubt, acknowledged }: Life): boolean {
  if (redefined.length === 0 || inDoubt || !acknowledged) return false;
  const told = new Map(parseText(acknowledged.totals).map((metric) => [metric.name, metric]));
  if (!redefined.every((metric) => isToldBy(told.get(metric.name), metric))) return false;
  diff(acknowledged.totals);
  redefined.length = 0;
  return true;
}

function isToldBy(told: ParsedMetric | undefined, { series }: Metric): boolean {
  const key = (labelValues: readonly string[]) => JSON.stringify(labelValues);
  const counts = new Map(
    [...(told?.series.values() ?? [])].map((each) => [
      key(Object.values(each.labels)),
      `${each.value} ${each.counts.join()}`,
    ]),
  );
  return [...series.values()].every(
    ({ labelValues, total }) =>
      !total || counts.get(key(labelValues)) === `${total.value} ${total.counts?.join() ?? ""}`,
  );
}
