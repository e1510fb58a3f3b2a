import { drop } from "./drop.js";
import type { Metric, Series } from "./metric.js";
import { catalog } from "./catalog.js";
import { warnOnce } from "../runtime/warn.js";

/** A label's value; a number is written as JavaScript writes it. */
export type LabelValue = string | number;

/** A value for each label of a metric. */
export type Labels<N extends readonly string[]> = { readonly [K in N[number]]: LabelValue };

/** What every label says in the series that takes what is over `maxSeries`. */
const OVERFLOW = "_overflow";

/**
 * Finds the series of these labels; undefined, and the recording dropped, where they are not the metric's.
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
        return drop(metric, `label "${name}"`, value);
      key += keyPart(`${value}`);
    }
    for (const name in given) {
      if (!labelNames.includes(name)) return drop(metric, `unknown label "${name}"`, given[name]);
    }
    return (
      series.get(key) ??
      intern(
        metric,
        labelNames.map((name) => `${given[name]}`),
      )
    );
  } catch {
    // A getter that throws.
    return drop(metric, "label", labels);
  }
}

/** Values say their lengths, so that no two combinations read alike. */
function keyPart(value: string): string {
  return `${value.length}:${value}`;
}

/** Makes the series, or finds it behind what UTF-8 cannot write; over the cap it is the overflow series. */
function intern(metric: Metric, values: readonly string[]): Series {
  const { series, name } = metric;
  const labelValues = values.map((value) => value.replace(/\p{Surrogate}/gu, "\ufffd"));
  const key = labelValues.map(keyPart).join("");
  const found = series.get(key);
  if (found) return found;
  const made = { metric, labelValues, total: undefined, text: undefined, linePrefixes: undefined };
  const weight = weightOf(made);
  if (weight > 0 && catalog.seriesCount + weight > catalog.maxSeries) {
    catalog.droppedSeries++;
    warnOnce(name, `metric "${name}" is over maxSeries: new labels add up as ${OVERFLOW}`);
    return intern(
      metric,
      values.map(() => OVERFLOW),
    );
  }
  catalog.seriesCount += weight;
  series.set(key, made);
  return made;
}

/** What it counts towards `maxSeries`: as much as the gateway has of it, or nothing where it always fits. */
export function weightOf({ metric: { builtIn, buckets }, labelValues }: Series): number {
  if (builtIn || labelValues.every((value) => value === OVERFLOW)) return 0;
  return buckets ? buckets.length + 3 : 1;
}
