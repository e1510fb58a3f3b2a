import { diff } from "../exposition/diff.js";
import { type ParsedMetric, parseText } from "../exposition/parse-text.js";
import { redefined } from "../metrics/catalog.js";
import type { Metric } from "../metrics/metric.js";
import type { WrittenLife } from "./journal.js";

/**
 * Whether the life must be replaced, because a metric of it is defined with another shape now, and can be,
 * because all that the old definition counted is acknowledged. If so, the totals are reduced to what the new
 * life starts with.
 */
export function dropRedefined({ inDoubt, acknowledged }: WrittenLife): boolean {
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
