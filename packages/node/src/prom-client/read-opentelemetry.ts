import { reasonOf, warnOnce } from "@prefreeze/core/adapter";
import type { Point, Reading, Source } from "./reading.js";
import { rebucket } from "./rebucket.js";

/** A `MetricReader` of `@opentelemetry/sdk-metrics` 2 and 3. */
export interface OtelReader {
  collect(): Promise<{
    readonly resourceMetrics: { readonly scopeMetrics: readonly ScopeMetrics[] };
    readonly errors?: readonly unknown[];
  }>;
  selectAggregationTemporality(type: never): unknown;
}

interface ScopeMetrics {
  readonly scope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string };
  readonly metrics: readonly OtelMetric[];
}

interface OtelMetric {
  readonly descriptor: { readonly name: string; readonly description: string };
  readonly aggregationTemporality: number;
  readonly dataPointType: number;
  readonly isMonotonic?: boolean;
  readonly dataPoints: readonly {
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly value: unknown;
  }[];
}

interface OtelHistogram {
  readonly buckets?: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
  readonly sum?: number;
  readonly count: number;
}

/** `DataPointType` of the SDK. */
const HISTOGRAM = 0;
const EXPONENTIAL = 1;
const SUM = 3;
/** `AggregationTemporality.DELTA` of the SDK. */
const DELTA = 0;

export const LIBRARY = "OpenTelemetry";

export function isOtelReader(value: object): value is OtelReader {
  const { collect, selectAggregationTemporality } = value as Partial<OtelReader>;
  return typeof collect === "function" && typeof selectAggregationTemporality === "function";
}

/** The readers of a `MeterProvider`, which is undocumented. */
export function readersOf(value: object): readonly object[] {
  const { _sharedState } = value as {
    readonly _sharedState?: {
      readonly metricCollectors?: readonly { readonly _metricReader?: object }[];
    };
  };
  return (_sharedState?.metricCollectors ?? []).flatMap(({ _metricReader }) => _metricReader ?? []);
}

export function sourceOf(reader: OtelReader): Source {
  return {
    name: "MetricReader",
    async read() {
      const { resourceMetrics, errors = [] } = await reader.collect();
      if (errors.length > 0)
        warnOnce(
          "OpenTelemetry",
          `reading some metrics of OpenTelemetry failed: ${reasonOf(errors[0])}`,
        );
      const readings = new Map<string, Reading & { readonly points: Point[] }>();
      for (const { scope, metrics } of resourceMetrics.scopeMetrics) {
        for (const metric of metrics) {
          const reading = readingOf(metric, scope);
          // Several scopes can have a metric of the same name.
          const key = `${reading.type} ${reading.name} ${reading.isDelta}`;
          const known = readings.get(key);
          if (known) known.points.push(...reading.points);
          else readings.set(key, reading);
        }
      }
      return [...readings.values()];
    },
  };
}

function readingOf(
  metric: OtelMetric,
  scope: ScopeMetrics["scope"],
): Reading & { readonly points: Point[] } {
  const { descriptor, dataPointType, dataPoints, isMonotonic, aggregationTemporality } = metric;
  const type = typeOf(dataPointType, isMonotonic);
  const ofScope = {
    otel_scope_name: scope.name,
    ...(scope.schemaUrl && { otel_scope_schema_url: scope.schemaUrl }),
    ...(scope.version && { otel_scope_version: scope.version }),
  };
  return {
    name:
      nameOf(descriptor.name) +
      (type === "counter" && !descriptor.name.endsWith("_total") ? "_total" : ""),
    help: descriptor.description,
    type,
    // What goes up and down is a part of a whole: requests in flight, bytes in use.
    aggregate: dataPointType === SUM ? "sum" : "last",
    isDelta: aggregationTemporality === DELTA,
    note:
      dataPointType === EXPONENTIAL
        ? "is pushed as a summary, since the buckets of an exponential histogram do not fit"
        : undefined,
    points: dataPoints.map(({ attributes, value }) => ({
      labels: { ...labelsOf(attributes), ...ofScope },
      ...valueOf(value),
    })),
  };
}

function typeOf(dataPointType: number, isMonotonic = false): Reading["type"] {
  if (dataPointType === HISTOGRAM) return "histogram";
  if (dataPointType === EXPONENTIAL) return "summary";
  return dataPointType === SUM && isMonotonic ? "counter" : "gauge";
}

/** As OpenTelemetry's exporter for Prometheus spells names. */
function nameOf(name: string): string {
  const spelt = name.replace(/\W/g, "_").replace(/_{2,}/g, "_");
  return /^\d/.test(spelt) ? `_${spelt}` : spelt;
}

function labelsOf(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  const labels = Object.create(null) as Record<string, string>;
  for (const [key, value] of Object.entries(attributes)) {
    const name = nameOf(key);
    const text = typeof value === "string" ? value : textOf(value ?? "");
    // Two attributes can have the same name as labels.
    labels[name] = name in labels ? `${labels[name]};${text}` : text;
  }
  return labels;
}

/** Of what no attribute may be, JSON has no text, or throws: that must not cost all other metrics. */
function textOf(value: unknown): string {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text ?? typeof value;
  } catch {
    return typeof value;
  }
}

function valueOf(value: unknown): Pick<Point, "value" | "bounds" | "counts"> {
  if (typeof value !== "object" || !value) return { value: Number(value), bounds: [], counts: [] };
  const { buckets, sum = 0, count } = value as OtelHistogram;
  if (!buckets) return { value: sum, bounds: [], counts: [count] };
  // The SDK lists the bound of the last bucket, or does not, and some bounds twice.
  const bounds = [...new Set(buckets.boundaries.filter(Number.isFinite))];
  return { value: sum, bounds, counts: rebucket(buckets.counts, buckets.boundaries, bounds) };
}
