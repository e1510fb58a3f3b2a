import { drop, dropValue } from "./drop.js";
import type { Metric, Series } from "./metric.js";
import { catalog } from "./catalog.js";
import { warnOnce } from "../runtime/warn.js";

/** The value of a label. A number is written as JavaScript prints it. */
export type LabelValue = string | number;

/** A value for each label of a metric. */
export type Labels<N extends readonly string[]> = { readonly [K in N[number]]: LabelValue };

/** The value of every label in a metric's overflow series, which takes the recordings over `maxSeries`. */
const OVERFLOW = "_overflow";

/**
 * Finds or creates the series with these labels.
 *
 * @returns undefined if the labels are not the metric's; the recording is then dropped
 */
export function seriesOf(metric: Metric, labels: unknown, more?: object): Series | undefined {
  const { labelNames, series } = metric;
  try {
    const given = (more ? { ...(labels as object), ...more } : (labels ?? {})) as Readonly<
      Record<string, LabelValue>
    >;
    let key = "";
    for (const name of labelNames) {
      const value = given[name];
      if (typeof value !== "string" && typeof value !== "number")
        return dropValue(metric, `label "${name}"`, value);
      key += keyPart(`${value}`);
    }
    for (const name of Object.keys(given)) {
      if (!labelNames.includes(name))
        return drop(metric, `label "${name}"`, "is not in labelNames");
    }
    return (
      series.get(key) ??
      createSeries(
        metric,
        labelNames.map((name) => `${given[name]}`),
      )
    );
  } catch {
    return drop(metric, "a label", "threw when it was read");
  }
}

/** @returns undefined if nothing was recorded with these label values */
export function findSeries({ series }: Metric, labelValues: readonly string[]): Series | undefined {
  return series.get(labelValues.map(keyPart).join(""));
}

/** Each value is preceded by its length, so that no two combinations make the same key. */
function keyPart(value: string): string {
  return `${value.length}:${value}`;
}

/**
 * Creates the series. Lone surrogates become U+FFFD first, so it may exist already. Over `maxSeries`,
 * returns the metric's overflow series.
 */
function createSeries(metric: Metric, values: readonly string[]): Series | undefined {
  const { series, name, groupLabel } = metric;
  if (groupLabel) return drop(metric, `label "${groupLabel}"`, "is in PREFREEZE_GROUPING, too");
  const labelValues = values.map((value) => value.replace(/\p{Surrogate}/gu, "\ufffd"));
  const found = findSeries(metric, labelValues);
  if (found) return found;
  const made = { metric, labelValues, total: undefined, text: undefined, linePrefixes: undefined };
  const weight = weightOf(made);
  if (weight > 0 && catalog.seriesCount + weight > catalog.maxSeries) {
    catalog.droppedSeries++;
    warnOnce(name, `metric "${name}" is over maxSeries: new label values add up as ${OVERFLOW}`);
    return createSeries(
      metric,
      values.map(() => OVERFLOW),
    );
  }
  catalog.seriesCount += weight;
  series.set(labelValues.map(keyPart).join(""), made);
  return made;
}

/** How many time series of the gateway it takes of `maxSeries`; 0 if it is built in or an overflow series. */
export function weightOf({ metric: { builtIn, buckets }, labelValues }: Series): number {
  if (builtIn || labelValues.every((value) => value === OVERFLOW)) return 0;
  return buckets ? buckets.length + 3 : 1;
}
