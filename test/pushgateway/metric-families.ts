import protobufjs from "protobufjs";
import type { Sample } from "./parse.js";

/** The part of Prometheus' `metrics.proto` that the Pushgateway takes from prefreeze. */
const { root } = protobufjs.parse(
  `syntax = "proto2";
  package io.prometheus.client;
  message Timestamp { optional int64 seconds = 1; optional int32 nanos = 2; }
  message LabelPair { optional string name = 1; optional string value = 2; }
  enum MetricType { COUNTER = 0; GAUGE = 1; SUMMARY = 2; UNTYPED = 3; HISTOGRAM = 4; }
  message Gauge { optional double value = 1; }
  message Counter { optional double value = 1; optional Timestamp created_timestamp = 3; }
  message Untyped { optional double value = 1; }
  message Quantile { optional double quantile = 1; optional double value = 2; }
  message Summary {
    optional uint64 sample_count = 1; optional double sample_sum = 2; repeated Quantile quantile = 3;
    optional Timestamp created_timestamp = 4;
  }
  message Bucket { optional uint64 cumulative_count = 1; optional double upper_bound = 2; }
  message Histogram {
    optional uint64 sample_count = 1; optional double sample_sum = 2; repeated Bucket bucket = 3;
    optional Timestamp created_timestamp = 15;
  }
  message Metric {
    repeated LabelPair label = 1; optional Gauge gauge = 2; optional Counter counter = 3;
    optional Summary summary = 4; optional Untyped untyped = 5; optional Histogram histogram = 7;
  }
  message MetricFamily {
    optional string name = 1; optional string help = 2; optional MetricType type = 3; repeated Metric metric = 4;
  }`,
  { keepCase: true },
);
const MetricFamily = root.lookupType("io.prometheus.client.MetricFamily");

/** A family as a protobuf library reads it: a 64-bit number is a text, a number that is none or infinite too. */
export interface DecodedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: "COUNTER" | "GAUGE" | "SUMMARY" | "HISTOGRAM" | "UNTYPED";
  readonly metric: readonly DecodedMetric[];
}

export interface DecodedMetric {
  readonly label?: readonly { readonly name: string; readonly value: string }[];
  readonly gauge?: { readonly value: number | string };
  readonly counter?: DecodedStart & { readonly value: number | string };
  readonly summary?: DecodedStart & DecodedObservations;
  readonly histogram?: DecodedStart &
    DecodedObservations & {
      readonly bucket: readonly {
        readonly cumulative_count: string;
        readonly upper_bound: number | string;
      }[];
    };
}

interface DecodedObservations {
  readonly sample_count: string;
  readonly sample_sum: number | string;
}

interface DecodedStart {
  readonly created_timestamp?: { readonly seconds: string; readonly nanos?: number };
}

/** The content type of a push, and what a scraper of such families accepts. */
export const PROTOBUF_TYPE =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

/** Reads families, each preceded by its length, with a library that shares no code with prefreeze. */
export function decodeFamilies(bytes: Uint8Array): DecodedFamily[] {
  const reader = protobufjs.Reader.create(bytes);
  const families: DecodedFamily[] = [];
  while (reader.pos < reader.len) {
    const family = MetricFamily.decodeDelimited(reader);
    families.push(
      MetricFamily.toObject(family, { longs: String, enums: String, json: true }) as DecodedFamily,
    );
  }
  return families;
}

/** When a series started, in milliseconds since 1970; undefined if the family does not tell. */
export function startOf({ counter, summary, histogram }: DecodedMetric): number | undefined {
  const start = (counter ?? summary ?? histogram)?.created_timestamp;
  return start && Number(start.seconds) * 1_000 + (start.nanos ?? 0) / 1_000_000;
}

/** The samples of families, as the text format has them. */
export function samplesOf(families: readonly DecodedFamily[]): Sample[] {
  return families.flatMap(({ name, metric }) =>
    metric.flatMap(({ label = [], gauge, counter, summary, histogram }): Sample[] => {
      const labels = Object.fromEntries(label.map((each) => [each.name, each.value]));
      const sample = (suffix: string, value: number | string, more: object = {}): Sample => ({
        name: name + suffix,
        labels: { ...labels, ...more },
        value: Number(value),
      });
      const observed = summary ?? histogram;
      if (!observed) return [sample("", (gauge ?? counter)!.value)];
      const buckets = histogram?.bucket ?? [];
      return [
        ...buckets.map(({ upper_bound: bound, cumulative_count: count }) =>
          sample("_bucket", count, { le: `${bound}`.replace(/^Infinity$/, "+Inf") }),
        ),
        sample("_sum", observed.sample_sum),
        sample("_count", observed.sample_count),
      ];
    }),
  );
}
