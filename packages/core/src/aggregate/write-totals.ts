import { formatValue } from "../exposition/format-value.js";
import { type Definition, type Family, newestOf, type Series } from "./family.js";
import { foldGauges } from "./fold-gauges.js";
import type { Group, View } from "./group.js";
import { shownFamilies } from "./shown-families.js";
import { showsValue } from "./zero-first.js";

/** One metric of a group's output. */
interface WrittenMetric {
  readonly name: string;
  readonly type: string;
  /** Escaped. */
  readonly help: string;
  /** Its lines, each with a line feed after it. */
  readonly lines: string;
}

/**
 * Writes the output of a group, in the order of the metrics' names.
 *
 * @param shown the families that are part of it
 * @param labels what stands before the labels of every series: empty, or pairs with a comma after them
 */
function writeTotals(
  group: Group,
  shown: ReadonlySet<Family>,
  view: View,
  atMs: number,
  wasScraped: boolean,
  labels: string,
): WrittenMetric[] {
  const now = Math.max(atMs, group.nowMs);
  const { lives, gauges } = foldGauges(group, now);
  const zeros: Series[] = [];
  const written: WrittenMetric[] = [];
  for (const family of group.families) {
    if (!shown.has(family)) continue;
    const definition =
      family.definitions.length > 0 ? newestOf(family.definitions, now) : undefined;
    let lines = "";
    for (const series of family.series.values()) {
      if (family.type === "gauge") {
        const value = gauges.get(series);
        if (value !== undefined)
          lines += line(family.name, labels + series.labels, formatValue(value));
        continue;
      }
      const isShown = showsValue(group, series, view, atMs, wasScraped);
      if (!isShown) zeros.push(series);
      const number = (index: number) => (isShown ? group.totals.numbers[index]! : 0);
      lines += linesOf(family, series, labels + series.labels, definition, number);
    }
    if (lines) written.push({ name: family.name, type: family.type, help: family.help, lines });
  }
  group.zeros[view] = zeros;
  written.push({
    name: "prefreeze_instances",
    type: "gauge",
    help: "Instances that pushed within the last 10 minutes.",
    lines: line("prefreeze_instances", labels, `${lives}`),
  });
  if (group.info)
    written.push({
      name: "target_info",
      type: "gauge",
      help: group.info.help,
      lines: line("target_info", labels + group.info.labels, "1"),
    });
  return written.sort(byNames);
}

/** Writes the totals of one group, as they are pushed to a gateway. */
export function groupText(group: Group, view: View, atMs: number, wasScraped: boolean): string {
  const shown = shownFamilies(group.families, Math.max(atMs, group.nowMs));
  return writeTotals(group, shown, view, atMs, wasScraped, "").map(metricText).join("");
}

/** Writes the totals of all groups, each series with the labels of its group, as a gateway shows them. */
export function pageText(groups: readonly Group[], atMs: number, wasScraped: boolean): string {
  const now = groups.reduce((latest, { nowMs }) => Math.max(latest, nowMs), atMs);
  const shown = shownFamilies(
    groups.flatMap(({ families }) => families),
    now,
  );
  const byName = new Map<string, WrittenMetric>();
  for (const group of groups) {
    for (const written of writeTotals(
      group,
      shown,
      "scraped",
      atMs,
      wasScraped,
      pageLabels(group),
    )) {
      const before = byName.get(written.name);
      byName.set(written.name, { ...written, lines: (before?.lines ?? "") + written.lines });
    }
  }
  return [...byName.values()].sort(byNames).map(metricText).join("");
}

/** Without an empty `instance`, Prometheus would set the aggregator's own. */
function pageLabels({ labels }: Group): string {
  const pairs = Object.entries({ instance: "", ...labels }).map(
    ([name, value]) => `${name}="${escapeLabel(value)}",`,
  );
  return pairs.join("");
}

function escapeLabel(value: string): string {
  return value.replace(/[\\\n"]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}

function byNames(a: WrittenMetric, b: WrittenMetric): number {
  return a.name < b.name ? -1 : 1;
}

function metricText({ name, type, help, lines }: WrittenMetric): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines}`;
}

function linesOf(
  { name, type }: Family,
  series: Series,
  labels: string,
  definition: Definition | undefined,
  number: (index: number) => number,
): string {
  if (type === "counter") return line(name, labels, formatValue(number(series.total)));
  const sum = line(`${name}_sum`, labels, formatValue(number(series.total)));
  if (type === "summary") return sum + line(`${name}_count`, labels, `${number(series.total + 1)}`);
  const bounds = definition?.bounds ?? [];
  const counts = new Array<number>(bounds.length + 1).fill(0);
  for (const [bound, total] of series.buckets) counts[indexOf(bounds, bound)]! += number(total);
  let text = "";
  let cumulated = 0;
  const separator = labels && !labels.endsWith(",") ? "," : "";
  counts.forEach((count, i) => {
    cumulated += count;
    const le = `le="${i < bounds.length ? bounds[i] : "+Inf"}"`;
    text += line(`${name}_bucket`, labels + separator + le, `${cumulated}`);
  });
  return text + sum + line(`${name}_count`, labels, `${cumulated}`);
}

/** The index of the first bound that is not below this one; after the last of them, that of `+Inf`. */
function indexOf(bounds: readonly number[], bound: number): number {
  let from = 0;
  let to = bounds.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (bounds[middle]! < bound) from = middle + 1;
    else to = middle;
  }
  return from;
}

function line(name: string, labels: string, value: string): string {
  const pairs = labels.endsWith(",") ? labels.slice(0, -1) : labels;
  return pairs ? `${name}{${pairs}} ${value}\n` : `${name} ${value}\n`;
}
