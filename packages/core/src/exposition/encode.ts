import type { Metric, Series } from "../metrics/metric.js";

/**
 * Writes metrics in the text format 0.0.4, without those that nothing was recorded for.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * @param metrics in the order they are to have
 */
export function encode(metrics: Iterable<Metric>): string {
  let text = "";
  for (const metric of metrics) {
    let lines = "";
    for (const series of metric.series.values()) {
      if (series.total) lines += series.text ??= encodeSeries(series);
    }
    if (lines) text += `${(metric.header ??= headerOf(metric))}${lines}\n`;
  }
  return text;
}

function headerOf({ name, help, type }: Metric): string {
  return flat("# HELP ", name, " ", escape(help, /[\\\n]/g), "\n# TYPE ", name, " ", type);
}

function encodeSeries(series: Series): string {
  const prefixes = (series.linePrefixes ??= linePrefixesOf(series));
  const { value, counts } = series.total!;
  const first = prefixes[0] + encodeValue(value);
  if (!counts) return first;
  let buckets = "";
  let cumulated = 0;
  for (let i = 0; i < counts.length; i++) {
    cumulated += counts[i]!;
    // A summary has no lines for buckets.
    if (prefixes[i + 2]) buckets += prefixes[i + 2]! + cumulated;
  }
  return buckets + first + prefixes[1] + cumulated;
}

/** Everything of a series' lines, each with the line feed before it, but the values: it never changes, and escaping it is what costs. */
export function linePrefixesOf({ metric, labelValues }: Series): readonly string[] {
  const { name, type, labelNames, buckets } = metric;
  const pairs = labelNames.map((label, i) => `${label}="${escape(labelValues[i]!, /[\\\n"]/g)}"`);
  const prefix = (suffix: string, ...le: readonly string[]) => {
    const labels = [...pairs, ...le].join();
    return flat("\n", name, suffix, labels && `{${labels}}`, " ");
  };
  if (!buckets) return [prefix("")];
  const bounds = type === "histogram" ? [...buckets, "+Inf"] : [];
  return [
    prefix("_sum"),
    prefix("_count"),
    ...bounds.map((bound) => prefix("_bucket", `le="${bound}"`)),
  ];
}

/** One text that lies in memory as such: `+` leaves a tree, walked anew by each snapshot it is part of. */
function flat(...parts: readonly string[]): string {
  return parts.join("");
}

/** Go's float syntax, which JavaScript's is but for the infinities. */
function encodeValue(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : `${value}`;
}

function escape(text: string, special: RegExp): string {
  return text.replace(special, (sign) => (sign === "\n" ? "\\n" : `\\${sign}`));
}
