import type { Metric, Series } from "./metric.js";

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
      if (series.total !== undefined) lines += series.text ??= encodeSeries(series);
    }
    if (lines !== "") {
      text += `# HELP ${metric.name} ${escape(metric.help, /[\\\n]/g)}\n# TYPE ${metric.name} ${metric.type}\n${lines}`;
    }
  }
  return text;
}

function encodeSeries(series: Series): string {
  const { metric, total } = series;
  const prefixes = (series.linePrefixes ??= linePrefixesOf(series));
  const { value, counts } = total!;
  if (counts === undefined) return `${prefixes[0]}${encodeValue(value)}\n`;
  let text = "";
  let cumulated = 0;
  let line = 0;
  for (const count of counts) {
    cumulated += count;
    if (metric.type === "histogram") text += `${prefixes[line++]}${cumulated}\n`;
  }
  return `${text}${prefixes[line]}${encodeValue(value)}\n${prefixes[line + 1]}${cumulated}\n`;
}

/** Everything of a series' lines but the values: it never changes, and escaping it is what costs. */
function linePrefixesOf({ metric, labelValues }: Series): readonly string[] {
  const { name, type, labelNames, buckets } = metric;
  const pairs = labelNames.map((label, i) => `${label}="${escape(labelValues[i]!, /[\\\n"]/g)}"`);
  const prefix = (suffix: string, more: readonly string[] = []) => {
    const labels = [...pairs, ...more].join(",");
    return `${name}${suffix}${labels === "" ? "" : `{${labels}}`} `;
  };
  if (type === "counter" || type === "gauge") return [prefix("")];
  const bounds = type === "histogram" ? [...buckets, Infinity] : [];
  return [
    ...bounds.map((bound) => prefix("_bucket", [`le="${encodeValue(bound)}"`])),
    prefix("_sum"),
    prefix("_count"),
  ];
}

/** Go's float syntax, which JavaScript's is but for the infinities. */
function encodeValue(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : `${value}`;
}

function escape(text: string, special: RegExp): string {
  return text.replace(special, (sign) => (sign === "\n" ? "\\n" : `\\${sign}`));
}
