import { define, type MetricOptions } from "./define.js";
import { drop } from "./drop.js";
import type { Series } from "./metric.js";
import { type ChosenLabels, definition, type Recording } from "./recording.js";
import { cellOf } from "./registry.js";

/** A counter with its labels chosen. */
export interface CounterChild {
  /** Adds `value`, 1 by default; below zero or not finite it is dropped, counted and warned about once. */
  inc(value?: number): void;
}

/** A number that only rises: orders accepted, bytes sent. */
export interface Counter<N extends readonly string[] = readonly []> {
  readonly name: string;
  /**
   * Adds `value`, 1 by default; adding 0 makes the series appear.
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
  return definition(define("counter", options), { inc }) as Counter<N>;
}

function inc(series: Series | undefined, value = 1): void {
  if (!series) return;
  if (Number.isFinite(value) && value >= 0) cellOf(series).value += value;
  else drop(series.metric, "value", value);
}
