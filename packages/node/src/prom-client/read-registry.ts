import type { GaugeAggregate } from "@prefreeze/core/adapter";
import type { Point, Reading, Source } from "./reading.js";

/** A metric of prom-client, or of its successor `@prometheus-io/client`. */
export interface RegisteredMetric {
  readonly name: string;
  readonly type?: unknown;
  get(): Promise<MetricValues> | MetricValues;
  /** Of histograms: the same, with the labels of a series in the object that it keeps them in. */
  getForPromString?(): Promise<MetricValues>;
}

/** What such a metric shows. */
interface MetricValues {
  readonly name: string;
  readonly help: unknown;
  readonly type: unknown;
  readonly aggregator?: unknown;
  readonly values: readonly MetricValue[];
}

interface MetricValue {
  readonly labels?: Readonly<Record<string, unknown>>;
  /** The labels of its series, if `labels` has others alone. */
  readonly sharedLabels?: Readonly<Record<string, unknown>>;
  readonly value: number;
  /** Of one line of a histogram or summary. */
  readonly metricName?: string;
}

/** A registry of prom-client 14 and 15, or of `@prometheus-io/client`. */
export interface PromRegistry {
  getMetricsAsArray(): readonly object[];
}

type Type = Reading["type"];

export const LIBRARY = "prom-client";

export function isPromRegistry(value: object): value is PromRegistry {
  return typeof (value as Partial<PromRegistry>).getMetricsAsArray === "function";
}

export function metricsOf(registry: PromRegistry): readonly RegisteredMetric[] {
  return registry.getMetricsAsArray() as readonly RegisteredMetric[];
}

/** @returns undefined if it is none that Prometheus' clients have */
export function typeOf({ type }: Pick<RegisteredMetric, "type">): Type | undefined {
  const types: readonly unknown[] = ["counter", "gauge", "histogram", "summary"] satisfies Type[];
  return types.includes(type) ? (type as Type) : undefined;
}

/** Reads one metric. Each is read by itself: one whose `collect()` fails or hangs does not hold up the others. */
export function sourceOf(registry: PromRegistry, metric: RegisteredMetric): Source {
  const withDefaults = createDefaults(registry);
  return {
    name: metric.name,
    async read() {
      const { name, help, aggregator, values, ...shown } = await (metric.getForPromString?.() ??
        metric.get());
      const type = typeOf(shown);
      if (!type) throw new Error("its type is none of counter, gauge, histogram and summary");
      const addDefaults = withDefaults();
      return [
        {
          name,
          help: String(help),
          type,
          aggregate: aggregateOf(aggregator),
          isDelta: false,
          note:
            type === "summary"
              ? "is pushed without its quantiles, since those of several instances cannot be combined"
              : undefined,
          points:
            type === "counter" || type === "gauge"
              ? values.map(({ labels = NONE, value }) => ({
                  labels: addDefaults(labels),
                  value,
                  bounds: NO_NUMBERS,
                  counts: NO_NUMBERS,
                }))
              : observations(name, values, addDefaults),
        },
      ];
    },
  };
}

const NONE: Labels = {};
const NO_NUMBERS: readonly number[] = [];

type Labels = Point["labels"];

/** @returns adds the registry's default labels to those of a series: to the same object once, so that the result stays one */
function createDefaults(registry: PromRegistry): () => (labels: Labels) => Labels {
  let before: object | undefined;
  let merged = new WeakMap<Labels, Labels>();
  return () => {
    const { _defaultLabels: defaults = NONE } = registry as { readonly _defaultLabels?: Labels };
    if (defaults !== before) merged = new WeakMap();
    before = defaults;
    if (Object.keys(defaults).length === 0) return (labels) => labels;
    return (labels) => {
      let all = merged.get(labels);
      if (!all) merged.set(labels, (all = { ...defaults, ...labels }));
      return all;
    };
  };
}

/** How prom-client adds up gauges over the workers of a cluster, which says how instances combine, too. */
function aggregateOf(aggregator: unknown): GaugeAggregate {
  return aggregator === "sum" || aggregator === "max" || aggregator === "min" ? aggregator : "last";
}

/** Puts the lines of each series together. The quantiles of a summary are left out. */
function observations(
  name: string,
  values: readonly MetricValue[],
  addDefaults: (labels: Labels) => Labels,
): Point[] {
  const series = new Map<unknown, Observed>();
  for (const { labels = NONE, sharedLabels, value, metricName } of values) {
    const { le, quantile: _, ...own } = labels;
    const key =
      sharedLabels ?? JSON.stringify(Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)));
    let each = series.get(key);
    if (!each)
      series.set(key, (each = { labels: sharedLabels ?? own, sum: 0, count: 0, below: [] }));
    if (metricName === `${name}_sum`) each.sum = value;
    else if (metricName === `${name}_count`) each.count = value;
    else if (metricName === `${name}_bucket`)
      each.below.push([le === "+Inf" ? Infinity : Number(le), value]);
  }
  return Array.from(series.values(), (each) => ({
    ...pointOf(each),
    labels: addDefaults(each.labels),
  }));
}

/** The lines of one series. */
interface Observed {
  readonly labels: Labels;
  sum: number;
  count: number;
  /** Upper bounds, and the observations that are not above them. */
  readonly below: [bound: number, count: number][];
}

function pointOf({ sum, count, below }: Observed): Omit<Point, "labels"> {
  if (below.length === 0) return { value: sum, bounds: [], counts: [count] };
  // Bounds need not rise there. One that is listed twice has the same observations twice.
  const buckets = below
    .map(([bound, cumulated], i) => [bound, cumulated - (below[i - 1]?.[1] ?? 0)] as const)
    .filter(([bound]) => Number.isFinite(bound))
    .sort(([a], [b]) => a - b)
    .filter(([bound], i, all) => bound !== all[i - 1]?.[0]);
  const finite = buckets.reduce((all, [, each]) => all + each, 0);
  return {
    value: sum,
    bounds: buckets.map(([bound]) => bound),
    counts: [...buckets.map(([, each]) => each), count - finite],
  };
}
