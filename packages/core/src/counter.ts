import { define, type MetricOptions } from "./define.js";
import { dropValue } from "./drop-value.js";
import type { Series } from "./metric.js";
import { type ChosenLabels, type Recording, seriesOfChosen, startsWithLabels } from "./recording-arguments.js";
import { cellOf } from "./registry.js";
import { seriesOfLabels } from "./series.js";

/** A counter with its labels chosen. */
export interface CounterChild {
  /** Adds `value`, 1 by default; below zero or not finite it is dropped, counted and warned about once. */
  inc(value?: number): void;
}

/** A number that only rises: orders accepted, bytes sent. */
export interface Counter<N extends readonly string[] = readonly []> {
  readonly name: string;
  /**
   * Adds `value`, 1 by default; `inc(…, 0)` makes the series appear.
   *
   * Below zero or not finite it is dropped, counted and warned about once. Never throws.
   */
  inc(...recording: Recording<N, [value?: number]>): void;
  /** Chooses the labels once, for a series that is used often. */
  labels(...labels: ChosenLabels<N>): CounterChild;
}

/**
 * Defines a counter; its name ends in `_total`.
 *
 * @throws TypeError where the definition is wrong, naming the metric and the value.
 */
export function counter<const N extends readonly string[] = readonly []>(
  options: MetricOptions<N>,
): Counter<N> {
  const metric = define({ type: "counter", ...options, labelNames: options.labelNames ?? [] });
  return {
    name: metric.name,
    inc(...[first, second]: readonly unknown[]) {
      const labelled = startsWithLabels(first, second);
      inc(seriesOfLabels(metric, labelled ? first : undefined), labelled ? second : first);
    },
    labels(...chosen: readonly unknown[]) {
      const series = seriesOfChosen(metric, chosen);
      return { inc: (value) => inc(series, value) };
    },
  };
}

function inc(series: Series | undefined, value: unknown = 1): void {
  if (series === undefined) return;
  if (typeof value === "number" && value >= 0 && value < Infinity) cellOf(series).value += value;
  else dropValue(series.metric, value);
}
