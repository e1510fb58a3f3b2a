import { formatGoFloat } from "../text/go-float.js";
import { isHistogram, type Family, type Series } from "../text/metric-family.js";
import { samplesOf, type Sample } from "../text/samples.js";
import { exportedFamilies } from "./exported-families.js";
import type { Store } from "./stored-group.js";
import { compareUtf8 } from "../text/utf8.js";

/** Renders all groups in the text format 0.0.4, ordered and escaped as by the real gateway. */
export function renderText(store: Store): string {
  return mergedFamilies(store).map(renderFamily).join("");
}

/** Merges the families of all groups by name. If groups differ in the help text, the first one wins. */
function mergedFamilies(store: Store): Family[] {
  const byName = new Map<string, { first: Family; series: Series[] }>();
  for (const group of store.values()) {
    for (const family of exportedFamilies(group)) {
      const merged = byName.get(family.name);
      if (merged === undefined)
        byName.set(family.name, { first: family, series: [...family.series] });
      else merged.series.push(...family.series);
    }
  }
  return [...byName.values()]
    .map(({ first, series }) => ({ ...first, series: series.sort(bySize) }))
    .sort((a, b) => compareUtf8(a.name, b.name));
}

/** Orders series by the number of labels, then by the values of the labels. */
function bySize(a: Series, b: Series): number {
  if (a.labels.size !== b.labels.size) return a.labels.size - b.labels.size;
  const others = [...b.labels.values()];
  const values = [...a.labels.values()];
  const at = values.findIndex((value, i) => value !== others[i]);
  return at === -1 ? 0 : compareUtf8(values[at] ?? "", others[at] ?? "");
}

function renderFamily(family: Family): string {
  const help =
    family.help === undefined ? "" : `# HELP ${family.name} ${escapeHelp(family.help)}\n`;
  const type = isHistogram(family.type) ? "histogram" : family.type;
  return `${help}# TYPE ${family.name} ${type}\n${samplesOf(family).map(renderSample).join("")}`;
}

function renderSample({ name, labels, value }: Sample): string {
  const pairs = [...labels].map(([label, text]) => `${label}="${escapeLabelValue(text)}"`);
  return `${name}{${pairs.join(",")}} ${formatGoFloat(value)}\n`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabelValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
