import type { Metric, Series } from "./metric.js";
import { type Labels, type LabelValue, seriesOfLabels, seriesOfValues } from "./series.js";

/** `(labels, value)` where the metric has labels, `(value)` where it has none. */
export type Recording<N extends readonly string[], V extends readonly unknown[]> =
  N["length"] extends 0 ? V : [labels: Labels<N>, ...V];

/** The labels by name, or their values in the order of `labelNames`. */
export type ChosenLabels<N extends readonly string[]> =
  | [labels: Labels<N>]
  | { readonly [K in keyof N]: LabelValue };

/** Whether `(first, second)` is `(labels, value)`; otherwise it is `(value)`. */
export function startsWithLabels(first: unknown, second: unknown): boolean {
  return second !== undefined || (typeof first === "object" && first !== null);
}

export function seriesOfChosen(metric: Metric, chosen: readonly unknown[]): Series | undefined {
  const [first] = chosen;
  return chosen.length === 1 && typeof first === "object"
    ? seriesOfLabels(metric, first)
    : seriesOfValues(metric, chosen);
}
