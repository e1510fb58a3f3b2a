import { catalog } from "../metrics/catalog.js";
import { constantLabelsOf } from "../metrics/constant-labels.js";
import type { Metric, Series } from "../metrics/metric.js";
import { formatValue } from "./format-value.js";

/**
 * Writes metrics in the text format 0.0.4. Metrics without a recording are left out.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * @param metrics in the order in which they are written
 */
export function textFormat(metrics: Iterable<Metric>): string {
  let text = "";
  for (const metric of metrics) {
    let lines = "";
    for (const series of metric.series.values()) {
      if (series.total) lines += textOf(series);
    }
    if (lines) text += `${(metric.header ??= headerOf(metric))}${lines}\n`;
  }
  return text;
}

/**
 * Writes the series that have changed since the last call, in the text format. Gauges are left out. A metric
 * can appear several times.
 *
 * @returns undefined if nobody has listed the changes so far: `textFormat` then writes all series
 */
export function changesInTextFormat(): string | undefined {
  const { changed } = catalog;
  catalog.changed = [];
  if (!changed) return undefined;
  let text = "";
  let last: Metric | undefined;
  for (const series of changed) {
    const { metric } = series;
    if (metric.type === "gauge") continue;
    const lines = series.text ?? rewritten(series);
    if (metric !== last) text += `${last ? "\n" : ""}${(metric.header ??= headerOf(metric))}`;
    text += lines;
    last = metric;
  }
  return last ? `${text}\n` : text;
}

/** Lines that stay as they are become flat in memory. Most that have changed will change again. */
function textOf(series: Series): string {
  const { text } = series;
  if (text === undefined) return rewritten(series);
  if (series.isFlat) return text;
  series.isFlat = true;
  // With one part, joining would return it as it is.
  return (series.text = flat(text.slice(0, 1), text.slice(1)));
}

function rewritten(series: Series): string {
  series.isFlat = false;
  return (series.text = linesOf(series));
}

function headerOf({ name, help, type, aggregate = "last" }: Metric): string {
  // To a gateway, this is a comment. The aggregator reads it.
  const folds = aggregate === "last" ? "" : `\n# AGGREGATE ${name} ${aggregate}`;
  return flat("# HELP ", name, " ", escape(help, /[\\\n]/g), "\n# TYPE ", name, " ", type, folds);
}

function linesOf(series: Series): string {
  const prefixes = (series.linePrefixes ??= linePrefixesOf(series));
  const { value, counts } = series.total!;
  const first = prefixes[0] + formatValue(value);
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

/** The lines of a series up to their values, each with the line feed before it. Escaping is the costly part, and they never change. */
function linePrefixesOf({ metric, labelValues }: Series): readonly string[] {
  const { name, type, labelNames, buckets } = metric;
  const labels = labelNames.map((label, i) => [label, labelValues[i]!] as const);
  const pairs = [...labels, ...constantLabelsOf(metric)].map(
    ([label, value]) => `${label}="${escape(value, /[\\\n"]/g)}"`,
  );
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

/** Joins texts into one that is flat in memory: `+` builds a tree, which every snapshot would walk again. */
function flat(...parts: readonly string[]): string {
  return parts.join("");
}

function escape(text: string, special: RegExp): string {
  return text.replace(special, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}
