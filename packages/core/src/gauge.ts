import { define, type MetricOptions } from "./define.js";
import { dropValue } from "./drop-value.js";
import type { GaugeAggregate, Series } from "./metric.js";
import { type ChosenLabels, type Recording, seriesOfChosen, startsWithLabels } from "./recording-arguments.js";
import { cellOf } from "./registry.js";
import { seriesOfLabels } from "./series.js";

/** What defines a gauge. */
export interface GaugeOptions<N extends readonly string[]> extends MetricOptions<N> {
  /**
   * How it adds up over instances, most of which are frozen or gone: the newest push (`"last"`, the
   * default), or the `"sum"`, `"max"` or `"min"` over those that still push.
   */
  readonly aggregate?: GaugeAggregate;
}

/** A gauge with its labels chosen. */
export interface GaugeChild {
  /** Sets the value: any number, `NaN` and infinities too. */
  set(value: number): void;
  /** Adds `value`, 1 by default. */
  inc(value?: number): void;
  /** Subtracts `value`, 1 by default. */
  dec(value?: number): void;
  /** Sets the time of this call, in seconds since 1970. */
  setToCurrentTime(): void;
}

/** A number that goes up and down: messages waiting, a temperature. */
export interface Gauge<N extends readonly string[] = readonly []> {
  readonly name: string;
  /** Sets the value: any number, `NaN` and infinities too. Of invocations at once, the last to end stands. */
  set(...recording: Recording<N, [value: number]>): void;
  /** Adds `value`, 1 by default. Changes made by invocations at once add up. */
  inc(...recording: Recording<N, [value?: number]>): void;
  /** Subtracts `value`, 1 by default. Changes made by invocations at once add up. */
  dec(...recording: Recording<N, [value?: number]>): void;
  /** Sets the time of this call, in seconds since 1970. */
  setToCurrentTime(...recording: Recording<N, []>): void;
  /** Chooses the labels once, for a series that is used often. */
  labels(...labels: ChosenLabels<N>): GaugeChild;
}

/**
 * Defines a gauge; its name does not end in `_total`, `_count`, `_sum` or `_bucket`.
 *
 * @throws TypeError where the definition is wrong, naming the metric and the value.
 */
export function gauge<const N extends readonly string[] = readonly []>(
  options: GaugeOptions<N>,
): Gauge<N> {
  const metric = define({
    type: "gauge",
    aggregate: "last",
    ...options,
    labelNames: options.labelNames ?? [],
  });
  const recorder =
    (record: (series: Series | undefined, value: unknown) => void) =>
    (...[first, second]: readonly unknown[]) => {
      const labelled = startsWithLabels(first, second);
      record(seriesOfLabels(metric, labelled ? first : undefined), labelled ? second : first);
    };
  return {
    name: metric.name,
    set: recorder(set),
    inc: recorder(inc),
    dec: recorder(dec),
    setToCurrentTime: (labels?: unknown) => set(seriesOfLabels(metric, labels), Date.now() / 1_000),
    labels(...chosen: readonly unknown[]) {
      const series = seriesOfChosen(metric, chosen);
      return {
        set: (value) => set(series, value),
        inc: (value) => inc(series, value),
        dec: (value) => dec(series, value),
        setToCurrentTime: () => set(series, Date.now() / 1_000),
      };
    },
  };
}

function set(series: Series | undefined, value: unknown): void {
  if (series === undefined) return;
  if (typeof value !== "number") return dropValue(series.metric, value);
  const cell = cellOf(series);
  cell.value = value;
  cell.absolute = true;
}

function inc(series: Series | undefined, value: unknown = 1): void {
  if (series === undefined) return;
  if (Number.isFinite(value)) cellOf(series).value += value as number;
  else dropValue(series.metric, value);
}

function dec(series: Series | undefined, value: unknown = 1): void {
  inc(series, typeof value === "number" ? -value : value);
}
