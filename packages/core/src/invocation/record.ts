import { type Invocation, recordedBy } from "./invocation.js";
import type { Outcome, Trigger } from "./vocabulary.js";
import type { Cell, MetricType, Series } from "../metrics/metric.js";
import type { Registry } from "../metrics/registry.js";

/** What was recorded for one series. */
export interface RecordedSeries {
  readonly name: string;
  readonly type: MetricType;
  readonly labels: Readonly<Record<string, string>>;
  /** Counter: the sum of increments. Gauge: the value, or its change. Histogram: the sum of observations. */
  readonly value: number;
  /** Histogram only: how many observations. */
  readonly count?: number;
  /** Histogram only: how many observations did not exceed each bound, `Infinity` the last. */
  readonly buckets?: ReadonlyMap<number, number>;
}

/** What one invocation recorded, read whole or by name. */
export interface RecordedMetrics {
  /** Each series that was recorded, in the order of the first recording. */
  readonly series: readonly RecordedSeries[];
  /**
   * The sum over the series of this name that have these labels; undefined where there is none.
   *
   * A histogram is read by `…_count` and `…_sum`, as in Prometheus.
   */
  value(name: string, labels?: Readonly<Record<string, string | number>>): number | undefined;
}

/** An invocation that has ended. */
export interface InvocationRecord extends RecordedMetrics {
  readonly id: string;
  readonly trigger: Trigger;
  readonly coldStart: boolean;
  readonly outcome: Outcome;
  /** The error's class name or the HTTP status, where it failed. */
  readonly errorType: string | undefined;
  readonly durationMs: number;
}

export function recordOf(invocation: Invocation): InvocationRecord {
  const { id, trigger, coldStart, outcome = "succeeded", errorType, durationMs } = invocation;
  return {
    id,
    trigger,
    coldStart,
    outcome,
    errorType,
    durationMs,
    ...recordedMetrics(recordedBy(invocation)),
  };
}

export function recordedMetrics(registry: Registry): RecordedMetrics {
  const series = [...registry].map(([key, cell]) => recordedSeries(key, cell));
  return {
    series,
    value(name, labels = {}) {
      let sum: number | undefined;
      for (const each of series) {
        const part = partOf(each, name);
        if (part === undefined) continue;
        if (Object.keys(labels).some((label) => each.labels[label] !== String(labels[label])))
          continue;
        sum = (sum ?? 0) + part;
      }
      return sum;
    },
  };
}

function partOf({ name, count, value }: RecordedSeries, wanted: string): number | undefined {
  if (count === undefined) return wanted === name ? value : undefined;
  if (wanted === `${name}_count`) return count;
  return wanted === `${name}_sum` ? value : undefined;
}

function recordedSeries({ metric, labelValues }: Series, { value, counts }: Cell): RecordedSeries {
  const { name, type, labelNames } = metric;
  const labels = Object.fromEntries(labelNames.map((label, i) => [label, labelValues[i]!]));
  if (counts === undefined) return { name, type, labels, value };
  let count = 0;
  const buckets = new Map(
    [...metric.buckets!, Infinity].map((bound, i) => [bound, (count += counts[i]!)] as const),
  );
  return { name, type, labels, value, count, buckets };
}
