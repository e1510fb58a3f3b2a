import type { MetricType } from "@prefreeze/core/adapter";

/** What a snapshot says of one metric. */
export interface ParsedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly series: ParsedSeries[];
}

export interface ParsedSeries {
  /** In the order in which they are defined, without `le`. */
  readonly labels: Readonly<Record<string, string>>;
  value: number;
  /** Upper bounds, without `+Inf`. */
  readonly bounds: number[];
  /** Of each bucket, not cumulative; of a summary, of all. */
  readonly counts: number[];
}

/** Reads the text format back as core's `encode` writes it: each metric by itself, each series' lines together. */
export function parseTotals(totals: string): ParsedMetric[] {
  const metrics: ParsedMetric[] = [];
  let help = "";
  let series: ParsedSeries | undefined;
  let below = 0;
  for (const line of totals.split("\n")) {
    const [, word, name, rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/s.exec(line) ?? [];
    if (word === "HELP") help = unescape(rest);
    if (word === "TYPE") {
      metrics.push({ name: name!, help, type: rest as MetricType, series: [] });
      series = undefined;
    }
    const metric = metrics.at(-1);
    const sample = /^[\w:]+/.exec(line)?.[0];
    if (!metric || !sample) continue;

    const { le, ...labels } = labelsIn(line);
    const value = numberOf(line.slice(line.lastIndexOf(" ") + 1));
    const suffix = sample.slice(metric.name.length);
    if (!series) {
      metric.series.push((series = { labels, value: 0, bounds: [], counts: [] }));
      below = 0;
    }
    if (le !== undefined) {
      series.counts.push(value - below);
      below = value;
      if (le !== "+Inf") series.bounds.push(Number(le));
    } else if (suffix !== "_count") series.value = value;
    else if (metric.type === "summary") series.counts.push(value);
    // The last line of each.
    if (suffix === "_count" || !suffix) series = undefined;
  }
  return metrics;
}

function labelsIn(line: string): Record<string, string> {
  const pairs = line.matchAll(/(\w+)="((?:[^\\"]|\\.)*)"/g);
  return Object.fromEntries(Array.from(pairs, ([, name, value]) => [name!, unescape(value!)]));
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}
