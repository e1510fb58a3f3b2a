import { type Invocation, allRecordings } from "./invocation.js";
import type { Outcome, Trigger } from "./vocabulary.js";
import type { Cell, MetricType, Series } from "../metrics/metric.js";
import type { Recordings } from "../metrics/scope.js";

/** The value that was recorded for one series. */
export interface RecordedSeries {
  /** The name of the metric. */
  readonly name: string;
  /** The type of the metric. */
  readonly type: MetricType;
  /** Label values by label name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Counter: sum of increments. Gauge: the value, or its change. Histogram: sum of observations. */
  readonly value: number;
  /** Histogram only: number of observations. */
  readonly count?: number;
  /** Histogram only: cumulative number of observations by upper bound; the last bound is `Infinity`. */
  readonly buckets?: ReadonlyMap<number, number>;
}

/** Everything that one invocation recorded, as a list and by name. */
export interface RecordedMetrics {
  /** The recorded series, in the order of their first recording. */
  readonly series: readonly RecordedSeries[];
  /**
   * Returns the sum over the series with this name and these labels.
   *
   * Read a histogram by `…_count`, `…_sum` and `…_bucket` with the label `le`, as in Prometheus.
   *
   * @returns undefined if there is no such series
   */
  value(name: string, labels?: Readonly<Record<string, string | number>>): number | undefined;
}

/** The record of an invocation that has ended. */
export interface InvocationRecord extends RecordedMetrics {
  /** The platform's request id, if it has one. */
  readonly id: string;
  /** What triggered it. */
  readonly trigger: Trigger;
  /** It was the first invocation of its instance. */
  readonly coldStart: boolean;
  /** How it ended. */
  readonly outcome: Outcome;
  /** If it failed: the class name of the error, or the HTTP status. */
  readonly errorType: string | undefined;
  /** Duration in milliseconds. */
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
    ...recordedMetrics(allRecordings(invocation)),
  };
}

export function recordedMetrics(recordings: Recordings): RecordedMetrics {
  const series = [...recordings].map(([key, cell]) => recordedSeries(key, cell));
  return {
    series,
    value(name, labels = {}) {
      let sum: number | undefined;
      for (const [sample, own, value] of series.flatMap(samplesOf)) {
        if (sample !== name) continue;
        if (Object.keys(labels).some((label) => own[label] !== labelText(labels[label]))) continue;
        sum = (sum ?? 0) + value;
      }
      return sum;
    },
  };
}

type Sample = readonly [name: string, labels: RecordedSeries["labels"], value: number];

/** The samples of a series as the text format lists them. */
function samplesOf({ name, labels, value, count, buckets }: RecordedSeries): readonly Sample[] {
  if (count === undefined) return [[name, labels, value]];
  const ofBuckets = [...buckets!].map(
    ([bound, below]) => [`${name}_bucket`, { ...labels, le: labelText(bound) }, below] as const,
  );
  return [...ofBuckets, [`${name}_sum`, labels, value], [`${name}_count`, labels, count]];
}

/** As Prometheus writes the value of a label, also that of `le`. */
function labelText(value: string | number | undefined): string {
  return value === Infinity ? "+Inf" : String(value);
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
