import { catalog } from "../metrics/catalog.js";
import { constantLabelsOf } from "../metrics/constant-labels.js";
import type { GaugeAggregate, MetricType } from "../metrics/metric.js";

/** One metric of a snapshot. */
export interface ParsedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** Of a gauge, unless it is `last`. */
  aggregate?: GaugeAggregate;
  /** By the start of their last line. */
  readonly series: Map<string, ParsedSeries>;
}

/** One series of a snapshot, a histogram's lines put together. */
export interface ParsedSeries {
  /** In the order of the definition, without `le` and constant labels. */
  readonly labels: Readonly<Record<string, string>>;
  value: number;
  /** Upper bounds without `+Inf`. */
  readonly bounds: number[];
  /** Observations per bucket, not cumulative; a summary has one count for all. */
  readonly counts: number[];
}

/**
 * Reads a snapshot back as `textFormat` writes it: one metric after the other, and the lines of a series
 * together. What `changesInTextFormat` wrote may follow: a series that appears again replaces the earlier
 * one. It is no parser for what other programs write.
 */
export function parseText(snapshot: string): ParsedMetric[] {
  const metrics = new Map<string, ParsedMetric>();
  let help = "";
  let metric: ParsedMetric | undefined;
  let series: ParsedSeries | undefined;
  let below = 0;
  for (const line of snapshot.split("\n")) {
    if (line.startsWith("#")) {
      const [, word, name, rest = ""] = /^# (HELP|TYPE|AGGREGATE) (\S+) (.*)$/s.exec(line) ?? [];
      if (word === "HELP") help = unescape(rest);
      if (word === "AGGREGATE" && metric) metric.aggregate = rest as GaugeAggregate;
      if (word !== "TYPE") continue;
      metric = metrics.get(name!);
      metric ??= { name: name!, help, type: rest as MetricType, series: new Map() };
      metrics.set(name!, metric);
      series = undefined;
    }
    const sample = /^[\w:]+/.exec(line)?.[0];
    if (!metric || !sample) continue;

    const { le, ...labels } = labelsIn(line);
    const { labelNames = [] } = catalog.metrics.get(metric.name) ?? {};
    for (const [label] of constantLabelsOf({ name: metric.name, labelNames })) delete labels[label];
    const end = line.lastIndexOf(" ");
    const value = numberOf(line.slice(end + 1));
    const suffix = sample.slice(metric.name.length);
    if (!series) {
      series = { labels, value: 0, bounds: [], counts: [] };
      below = 0;
    }
    if (le !== undefined) {
      series.counts.push(value - below);
      below = value;
      if (le !== "+Inf") series.bounds.push(Number(le));
    } else if (suffix !== "_count") series.value = value;
    else if (metric.type === "summary") series.counts.push(value);
    // Each of these is the last line of its series.
    if (suffix === "_count" || !suffix) {
      metric.series.set(line.slice(0, end), series);
      series = undefined;
    }
  }
  return [...metrics.values()];
}

function labelsIn(line: string): Record<string, string> {
  // Without a prototype: a line without `le` has none, whatever was put on `Object.prototype`.
  const labels = Object.create(null) as Record<string, string>;
  for (const [, name, value] of line.matchAll(/(\w+)="((?:[^\\"]|\\.)*)"/g))
    labels[name!] = unescape(value!);
  return labels;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}
