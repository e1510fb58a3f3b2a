import type { CounterName, LabelNames } from "./checked-names.js";
import { cellOf } from "./cells.js";
import { define, type MetricOptions } from "./define.js";
import { dropValue } from "./drop.js";
import type { Series } from "./metric.js";
import { type ChosenLabels, definition, type Recording } from "./recorder.js";

/** A counter whose labels are bound. */
export interface CounterChild {
  /** Adds `value`, 1 by default. A negative or non-finite value is dropped, counted and warned about once. */
  inc(value?: number): void;
}

/** A number that only rises: orders accepted, bytes sent. */
export interface Counter<N extends readonly string[] = readonly []> {
  /** The name of the metric. */
  readonly name: string;
  /**
   * Adds `value`, 1 by default. Adding 0 makes the series appear at zero.
   *
   * A negative or non-finite value is dropped, counted in `prefreeze_dropped_recordings_total` and warned
   * about once. Never throws.
   */
  inc(...recording: Recording<N, [value?: number]>): void;
  /** Binds the labels once, for a series that is used often. */
  labels(...labels: ChosenLabels<N>): CounterChild;
}

/**
 * Defines a counter. Its name must end in `_total`.
 *
 * @throws TypeError if the definition is wrong; the message names the metric and the value
 */
export function counter<
  const N extends readonly string[] = readonly [],
  const T extends string = string,
>(options: MetricOptions<N, CounterName<T>, LabelNames<N, T>>): Counter<N> {
  return definition(define("counter", options), { inc }) as Counter<N>;
}

function inc(series: Series | undefined, value = 1): void {
  if (!series) return;
  if (Number.isFinite(value) && value >= 0) cellOf(series).value += value;
  else dropValue(series.metric, "value", value);
}
