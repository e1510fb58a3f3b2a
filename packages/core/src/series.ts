import type { Metric, Series } from "./metric.js";
import { state } from "./state.js";
import { warnOnce } from "./warn.js";

/** A label's value; a number is written as JavaScript writes it. */
export type LabelValue = string | number;

/** A value for each label of a metric. */
export type Labels<N extends readonly string[]> = { readonly [K in N[number]]: LabelValue };

/** What every label says in the series that takes what is over `maxSeries`. */
export const OVERFLOW = "_overflow";

/**
 * Finds the series of these labels.
 *
 * Undefined where they are not the metric's: what was to be recorded is dropped, counted, and warned
 * about once for each metric and label.
 */
export function seriesOfLabels(metric: Metric, labels: unknown): Series | undefined {
  const { labelNames } = metric;
  const given = (labels ?? {}) as Readonly<Record<string, unknown>>;
  let key = "";
  for (const name of labelNames) {
    const value = given[name];
    if (!isLabelValue(value)) return dropLabel(metric, name, value);
    key = appendToKey(key, value, labelNames.length);
  }
  let surplus = labelNames.length;
  for (const name in given) {
    if (--surplus < 0) return dropUnknownLabel(metric, given, name);
  }
  return metric.series.get(key) ?? intern(metric, labelNames.map((name) => String(given[name])));
}

/** The same for values in the order of the metric's `labelNames`. */
export function seriesOfValues(metric: Metric, values: readonly unknown[]): Series | undefined {
  const { labelNames } = metric;
  let key = "";
  for (let i = 0; i < Math.max(labelNames.length, values.length); i++) {
    const name = labelNames[i];
    const value = values[i];
    if (name === undefined || !isLabelValue(value)) return dropLabel(metric, name ?? `#${i + 1}`, value);
    key = appendToKey(key, value, labelNames.length);
  }
  return metric.series.get(key) ?? intern(metric, values.map(String));
}

function isLabelValue(value: unknown): value is LabelValue {
  return typeof value === "string" || typeof value === "number";
}

/** One value is its own key; several say their lengths, so that no two combinations read alike. */
function appendToKey(key: string, value: LabelValue, count: number): string {
  if (count === 1) return typeof value === "string" ? value : String(value);
  const text = String(value);
  return `${key}${text.length}:${text}`;
}

const LONE_SURROGATES = /\p{Surrogate}/gu;

/** Makes the series, or finds it behind what UTF-8 cannot write; over the cap it is the overflow series. */
function intern(metric: Metric, values: readonly string[]): Series {
  const labelValues = values.map((value) => value.replace(LONE_SURROGATES, "\ufffd"));
  const key = keyOf(labelValues);
  const known = metric.series.get(key);
  if (known !== undefined) return known;
  if (!metric.builtIn && labelValues.length > 0 && labelValues.some((value) => value !== OVERFLOW)) {
    const weight = metric.type === "histogram" ? metric.buckets.length + 3 : 1;
    if (state.seriesCount + weight > state.maxSeries) {
      state.droppedSeries++;
      warnOnce(
        `maxSeries ${metric.name}`,
        `the metric "${metric.name}" is over maxSeries (${state.maxSeries}): new label values are summed up as "${OVERFLOW}"`,
      );
      return intern(metric, values.map(() => OVERFLOW));
    }
    state.seriesCount += weight;
  }
  const series = { metric, labelValues, total: undefined, text: undefined, linePrefixes: undefined };
  metric.series.set(key, series);
  return series;
}

function keyOf(values: readonly string[]): string {
  let key = "";
  for (const value of values) key = appendToKey(key, value, values.length);
  return key;
}

function dropUnknownLabel(metric: Metric, given: object, last: string): undefined {
  const unknown = Object.keys(given).find((name) => !metric.labelNames.includes(name)) ?? last;
  return dropLabel(metric, unknown, "unknown");
}

function dropLabel(metric: Metric, label: string, value: unknown): undefined {
  state.droppedRecordings++;
  warnOnce(
    `label ${metric.name} ${metric.labelNames.includes(label) ? label : ""}`,
    `a recording of "${metric.name}" is dropped: label "${label}" is ${String(value)}; it takes ${
      metric.labelNames.length === 0 ? "no labels" : `a string or number for ${metric.labelNames.join(", ")}`
    }`,
  );
  return undefined;
}
