import { constantLabelsOf } from "../metrics/constant-labels.js";
import type { Cell, EncodedSeries, Metric, MetricType, Series } from "../metrics/metric.js";
import type { Bytes } from "../runtime/bytes.js";
import type { Format } from "./format.js";

// Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto

const TYPES = { counter: 0, gauge: 1, summary: 2, histogram: 4 } satisfies Record<
  MetricType,
  number
>;
/** The field of a metric that has its value. */
const VALUE_FIELDS = { gauge: 2, counter: 3, summary: 4, histogram: 7 } satisfies Record<
  MetricType,
  number
>;
const START_FIELDS = { counter: 3, summary: 4, histogram: 15 };

/** The types of fields in the wire format. */
const VARINT = 0;
const DOUBLE = 1;
const LENGTH = 2;

/**
 * A reader takes a start after its first scrape for a reset, and what came between the two counts twice. Its clock
 * may be behind, so each start is told a little earlier, which is as true: the series did not exist then either.
 */
const EARLIER_MS = 1_000;

/** The largest number below 2⁶⁴. */
const MAX_COUNT = 2 ** 64 - 2 ** 11;

/** Made when it is needed: test runners that import this may have none. */
let encoder: InstanceType<typeof TextEncoder> | undefined;
/** The encoded start of each metric (name, help, type) and series (labels), which rarely change. */
const heads = new WeakMap<Metric, { readonly help: string; readonly bytes: Bytes }>();
const labels = new WeakMap<Series, Bytes>();

/** Written from its end to its start, so that the length of a message is known when it is written. */
let buffer = new Uint8Array(65_536);
let view = new DataView(buffer.buffer);
let written = 0;

/** The begin of the life, if the clock was once set back behind it. */
let tooLateMs: number | undefined;

/**
 * Pushes in the protobuf format, which says when each counter, histogram and summary started. Prometheus then
 * counts what a new series has at its first scrape, if it runs with
 * `--enable-feature=created-timestamp-zero-ingestion`.
 */
export const protobuf: Format = {
  name: "protobuf",
  contentType:
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
  encode,
};

function encode(metrics: Iterable<Metric>, startedAtMs = 0, nowMs: number): Bytes {
  written = 0;
  // The clock was set back. Once it is past this time again, a reader would take it for a reset.
  if (startedAtMs > nowMs) tooLateMs = startedAtMs;
  const lifeAtMs = startedAtMs === tooLateMs ? 0 : startedAtMs;
  const once = { lifeAtMs, bytes: undefined };
  for (const metric of [...metrics].toReversed()) writeFamily(metric, once, nowMs);
  return bytesSince(0);
}

/** @param once what a series keeps that is written for the first time */
function writeFamily(metric: Metric, once: EncodedSeries, nowMs: number): void {
  const { lifeAtMs } = once;
  const end = written;
  const all = [...metric.series.values()];
  for (let i = all.length - 1; i >= 0; i--) {
    const series = all[i]!;
    if (!series.total) continue;
    if (series.startedAtMs! > nowMs) {
      series.startedAtMs = 0;
      series.encoded = undefined;
    }
    const { encoded } = series;
    const isKept = encoded?.lifeAtMs === lifeAtMs;
    if (isKept && encoded.bytes) {
      writeBytes(encoded.bytes);
      continue;
    }
    const start = written;
    writeSeries(series, series.total, Math.max(series.startedAtMs ?? 0, lifeAtMs));
    series.encoded = isKept ? { lifeAtMs, bytes: bytesSince(start) } : once;
  }
  if (written === end) return;
  writeHead(metric);
  writeVarint(written - end);
}

/** @param startMs when it started, in milliseconds since 1970; 0 if nobody knows */
function writeSeries(series: Series, { value, counts }: Cell, startMs: number): void {
  const { metric } = series;
  const { type } = metric;
  const end = written;
  if (type !== "gauge" && startMs > EARLIER_MS) writeTime(START_FIELDS[type], startMs - EARLIER_MS);
  if (counts) writeObservations(metric, counts, value);
  else writeDouble(1, value);
  writeLength(VALUE_FIELDS[type], end);
  writeLabels(series);
  writeLength(4, end);
}

function writeObservations(
  { buckets = [], type }: Metric,
  counts: readonly number[],
  sum: number,
): void {
  let count = 0;
  for (const each of counts) count += each;
  if (type === "histogram") {
    let cumulated = count;
    for (let i = buckets.length; i >= 0; i--) {
      const end = written;
      writeDouble(2, buckets[i] ?? Infinity);
      writeNumber(1, cumulated);
      writeLength(3, end);
      cumulated -= counts[i]!;
    }
  }
  writeDouble(2, sum);
  writeNumber(1, count);
}

function writeTime(field: number, ms: number): void {
  const end = written;
  writeNumber(2, (ms % 1_000) * 1_000_000);
  writeNumber(1, Math.floor(ms / 1_000));
  writeLength(field, end);
}

/** Name, help and type of a family. */
function writeHead(metric: Metric): void {
  const { name, help, type } = metric;
  const known = heads.get(metric);
  if (known?.help === help) return writeBytes(known.bytes);
  const end = written;
  writeNumber(3, TYPES[type]);
  // Nor does a reader of the text format see these; two helps of one name would fill a gateway's log.
  writeText(2, help.replace(/^[ \t]+/, ""));
  writeText(1, name);
  heads.set(metric, { help, bytes: bytesSince(end) });
}

function writeLabels(series: Series): void {
  const known = labels.get(series);
  if (known) return writeBytes(known);
  const { metric, labelValues } = series;
  const first = written;
  const pairs = metric.labelNames.map((name, i) => [name, labelValues[i]!] as const);
  for (const [name, value] of [...pairs, ...constantLabelsOf(metric)].toReversed()) {
    const end = written;
    writeText(2, value);
    writeText(1, name);
    writeLength(1, end);
  }
  labels.set(series, bytesSince(first));
}

function writeText(field: number, text: string): void {
  const end = written;
  // Lone surrogates become U+FFFD.
  encoder ??= new TextEncoder();
  writeBytes(encoder.encode(text));
  writeLength(field, end);
}

/** Writes the head of a field whose content has been written since. */
function writeLength(field: number, end: number): void {
  writeVarint(written - end);
  writeVarint(field * 8 + LENGTH);
}

function writeNumber(field: number, number: number): void {
  writeVarint(number);
  writeVarint(field * 8 + VARINT);
}

function writeDouble(field: number, number: number): void {
  const at = take(8);
  // Without the sign of a zero, as in the text format, and without the bits that a NaN can hide.
  view.setFloat64(at, Number.isNaN(number) ? NaN : number + 0, true);
  writeVarint(field * 8 + DOUBLE);
}

function writeVarint(number: number): void {
  if (number < 128) {
    const at = take(1);
    buffer[at] = number;
    return;
  }
  let rest = Math.min(number, MAX_COUNT);
  const bytes: number[] = [];
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  writeBytes(bytes);
}

function writeBytes(bytes: ArrayLike<number>): void {
  const { length } = bytes;
  const at = take(length);
  // For a few bytes, the call of `set` would take longer.
  if (length > 24) buffer.set(bytes, at);
  else for (let i = 0; i < length; i++) buffer[at + i] = bytes[i]!;
}

function bytesSince(end: number): Bytes {
  return buffer.slice(buffer.length - written, buffer.length - end);
}

/** Makes room before what is written. @returns where it begins */
function take(length: number): number {
  written += length;
  if (written > buffer.length) {
    const grown = new Uint8Array(2 * Math.max(written, buffer.length));
    grown.set(buffer, grown.length - buffer.length);
    buffer = grown;
    view = new DataView(buffer.buffer);
  }
  return buffer.length - written;
}
