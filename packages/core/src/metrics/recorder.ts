import type { Metric, Series } from "./metric.js";
import { type Labels, type LabelValue, seriesOf } from "./series.js";

/** `(labels, value)` if the metric has labels, `(value)` if it has none. */
export type Recording<
  N extends readonly string[],
  V extends readonly unknown[],
> = N["length"] extends 0 ? V : [labels: Labels<N>, ...V];

/** The labels by name, or just their values in the order of `labelNames`. */
export type ChosenLabels<N extends readonly string[]> = N["length"] extends 0
  ? []
  : [labels: Labels<N>] | { readonly [K in keyof N]: LabelValue };

/** Ways to record a value. The series is undefined if the recording is dropped. */
type Recorders = Readonly<Record<string, (series: Series | undefined, value: never) => unknown>>;

/**
 * Makes the object that a definition returns: the metric's name, each way to record, and `labels` for a
 * child whose labels are bound.
 */
export function definition(metric: Metric, recorders: Recorders): object {
  const methods = (bind: (record: Recorders[string]) => unknown) =>
    Object.fromEntries(Object.entries(recorders).map(([name, record]) => [name, bind(record)]));
  return {
    name: metric.name,
    ...methods((record) => (first?: unknown, second?: unknown) => {
      const labelled = second !== undefined || (typeof first === "object" && first !== null);
      return record(
        seriesOf(metric, labelled ? first : undefined),
        (labelled ? second : first) as never,
      );
    }),
    labels(...chosen: readonly unknown[]) {
      const [first] = chosen;
      const labels = typeof first === "object" ? first : byName(metric, chosen);
      let series = seriesOf(metric, labels);
      return methods((record) => (value: unknown) => {
        if (series?.removed) series = seriesOf(metric, labels);
        return record(series, value as never);
      });
    },
  };
}

/** Turns label values given by position into labels by name. */
export function byName({ labelNames }: Metric, values: readonly unknown[]): object {
  return Object.fromEntries(values.map((value, i) => [labelNames[i] ?? `#${i + 1}`, value]));
}
