import type { OtherName, LabelNames } from "./checked-names.js";
import { define, type MetricOptions, quoted } from "./define.js";
import { dropValue } from "./drop.js";
import type { GaugeAggregate, Metric, Series } from "./metric.js";
import { byName, type ChosenLabels, definition, type Recording } from "./recorder.js";
import { catalog } from "./catalog.js";
import { cellOf } from "./cells.js";
import { scopes } from "./scope.js";
import { findSeries, removeSeries } from "./series.js";
import { guarded } from "../runtime/guarded.js";

/** The definition of a gauge. */
export interface GaugeOptions<
  N extends readonly string[],
  Name = string,
  LabelNames = N,
> extends MetricOptions<N, Name, LabelNames> {
  /**
   * How the values of several instances combine, most of which are frozen or gone: the newest push
   * (`"last"`, the default), or the `"sum"`, `"max"` or `"min"` over the instances that still push. It is
   * part of each push, for an aggregator; a Pushgateway takes it and does not act on it.
   */
  readonly aggregate?: GaugeAggregate;
}

/** A gauge whose labels are bound. */
export interface GaugeChild {
  /** Sets `value`: any number, `NaN` and the infinities included. */
  set(value: number): void;
  /** Adds `value`, 1 by default. */
  inc(value?: number): void;
  /** Subtracts `value`, 1 by default. */
  dec(value?: number): void;
  /** Sets the current Unix time, in seconds. */
  setToCurrentTime(): void;
}

/** A number that goes up and down: messages waiting, a temperature. */
export interface Gauge<N extends readonly string[] = readonly []> {
  /** The name of the metric. */
  readonly name: string;
  /**
   * Sets the value: any number, `NaN` and the infinities included. If concurrent invocations set it, the
   * one that ends last wins.
   */
  set(...recording: Recording<N, [value: number]>): void;
  /** Adds `value`, 1 by default. Changes by concurrent invocations add up. */
  inc(...recording: Recording<N, [value?: number]>): void;
  /** Subtracts `value`, 1 by default. Changes by concurrent invocations add up. */
  dec(...recording: Recording<N, [value?: number]>): void;
  /** Sets the current Unix time, in seconds. */
  setToCurrentTime(...recording: Recording<N, []>): void;
  /**
   * Removes the series with these labels, so that the next push is without it. A later recording makes it appear
   * again. Counters and histograms have no `remove`: what they have counted stays true.
   */
  remove(...labels: ChosenLabels<N>): void;
  /** Binds the labels once, for a series that is used often. */
  labels(...labels: ChosenLabels<N>): GaugeChild;
}

/**
 * Defines a gauge. Its name must not end in `_total`, `_count`, `_sum` or `_bucket`.
 *
 * @throws TypeError if the definition is wrong; the message names the metric and the value
 */
export function gauge<
  const N extends readonly string[] = readonly [],
  const T extends string = string,
>(options: GaugeOptions<N, OtherName<T>, LabelNames<N, T>>): Gauge<N> {
  const aggregate = options.aggregate ?? "last";
  const known = ["last", "sum", "max", "min"].includes(aggregate);
  const fault = known ? undefined : `aggregate ${quoted(aggregate)} is not last, sum, max or min`;
  const metric = define("gauge", { ...options, aggregate }, false, fault);
  return {
    ...definition(metric, { set, inc, dec, setToCurrentTime }),
    remove(...chosen: readonly unknown[]) {
      const labels = typeof chosen[0] === "object" ? chosen[0] : byName(metric, chosen);
      guarded(() => remove(metric, labels));
    },
  } as Gauge<N>;
}

function set(series: Series | undefined, value: number): void {
  if (!series) return;
  if (typeof value !== "number") return dropValue(series.metric, "value", value);
  const cell = cellOf(series);
  cell.value = value;
  cell.absolute = true;
}

function inc(series: Series | undefined, value = 1): void {
  if (!series) return;
  if (Number.isFinite(value)) cellOf(series).value += value;
  else dropValue(series.metric, "value", value);
}

function dec(series: Series | undefined, value = 1): void {
  // Negating a symbol throws, and negating a string makes it a number.
  inc(series, Number.isFinite(value) ? -value : value);
}

function remove(metric: Metric, labels: unknown): void {
  const given = Object(labels) as Readonly<Record<string, unknown>>;
  const values: string[] = [];
  for (const name of metric.labelNames) {
    const value = given[name];
    if (typeof value !== "string" && typeof value !== "number")
      return dropValue(metric, `label "${name}"`, value);
    values.push(`${value}`);
  }
  const series = findSeries(metric, values);
  if (!series) return;
  removeSeries(series);
  scopes.store?.getStore()?.recordings.delete(series);
  catalog.version++;
}

function setToCurrentTime(series: Series | undefined): void {
  set(series, Date.now() / 1_000);
}
