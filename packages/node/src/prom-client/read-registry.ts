import type { GaugeAggregate } from "@prefreeze/core/adapter";
import type { Point, Reading, Source } from "./reading.js";

/** A metric of prom-client, or of its successor `@prometheus-io/client`. */
export interface RegisteredMetric {
  readonly name: string;
  readonly type?: unknown;
  get(): Promise<MetricValues> | MetricValues;
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
  return {
    name: metric.name,
    async read() {
      const shown = await metric.get();
      const type = typeOf(shown);
      if (!type) throw new Error("its type is none of counter, gauge, histogram and summary");
      const { _defaultLabels: defaults } = registry as { readonly _defaultLabels?: object };
      const values = shown.values.map(({ labels, ...rest }) => ({
        ...rest,
        labels: { ...defaults, ...labels } as Readonly<Record<string, unknown>>,
      }));
      const isSimple = type === "counter" || type === "gauge";
      return [
        {
          name: shown.name,
          help: String(shown.help),
          type,
          aggregate: aggregateOf(shown.aggregator),
          isDelta: false,
          note:
            type === "summary"
              ? "is pushed without its quantiles, since those of several instances cannot be combined"
              : undefined,
          points: isSimple ? values.map(simplePoint) : observations(shown.name, values),
        },
      ];
    },
  };
}

/** How prom-client adds up gauges over the workers of a cluster, which says how instances combine, too. */
function aggregateOf(aggregator: unknown): GaugeAggregate {
  return aggregator === "sum" || aggregator === "max" || aggregator === "min" ? aggregator : "last";
}

type Labelled = MetricValue & Pick<Point, "labels">;

function simplePoint({ labels, value }: Labelled): Point {
  return { labels, value, bounds: [], counts: [] };
}

/** Puts the lines of each series together. The quantiles of a summary are left out. */
function observations(name: string, values: readonly Labelled[]): Point[] {
  const series = new Map<
    string,
    { labels: Point["labels"]; sum: number; count: number; below: [number, number][] }
  >();
  for (const { labels, value, metricName } of values) {
    const { le, quantile: _, ...own } = labels;
    const key = JSON.stringify(Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)));
    let each = series.get(key);
    if (!each) series.set(key, (each = { labels: own, sum: 0, count: 0, below: [] }));
    if (metricName === `${name}_sum`) each.sum = value;
    else if (metricName === `${name}_count`) each.count = value;
    else if (metricName === `${name}_bucket`)
      each.below.push([le === "+Inf" ? Infinity : Number(le), value]);
  }
  return Array.from(series.values(), ({ labels, sum, count, below }) => {
    if (below.length === 0) return { labels, value: sum, bounds: [], counts: [count] };
    // Bounds need not rise there.
    const counts = below.map(
      ([bound, cumulated], i) => [bound, cumulated - (below[i - 1]?.[1] ?? 0)] as const,
    );
    const sorted = counts.filter(([bound]) => bound < Infinity).sort(([a], [b]) => a - b);
    const finite = sorted.reduce((all, [, each]) => all + each, 0);
    return {
      labels,
      value: sum,
      bounds: sorted.map(([bound]) => bound),
      counts: [...sorted.map(([, each]) => each), count - finite],
    };
  });
}
