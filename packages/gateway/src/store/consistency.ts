import {
  isHistogram,
  labelsKey,
  type Family,
  type FamilyType,
  type Labels,
} from "../text/metric-family.js";
import { isRequestMetric, ownMetrics } from "./own-metrics.js";
import type { StoredGroup } from "./stored-group.js";

/**
 * Checks a group's new families against each other, the other groups and the gateway's own metrics, as the real gateway
 * does unless its check is switched off.
 *
 * @returns why the push must be refused, or undefined if it is consistent
 */
export function inconsistency(
  labels: Labels,
  families: ReadonlyMap<string, Family>,
  others: readonly StoredGroup[],
): string | undefined {
  const types = new Map(ownMetrics);
  for (const group of others)
    for (const family of group.families.values()) types.set(family.name, family.type);
  for (const family of families.values()) {
    const { name, type } = family;
    const known = types.get(name);
    if (known !== undefined && known !== type && !(isHistogram(known) && isHistogram(type)))
      return `"${name}" is a ${type} here and a ${known} elsewhere`;
    if (isRequestMetric(name)) return `"${name}" is the gateway's own`;
  }
  for (const { name, type } of families.values()) types.set(name, type);
  // Two groups with different values of one label cannot share a series.
  const near = others.filter((other) =>
    [...labels].every(([name, value]) => (other.labels.get(name) ?? value) === value),
  );
  for (const family of families.values()) {
    const wrong = collision(family, types) ?? wrongLabel(family) ?? duplicate(family, near);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** A histogram `h` exports `h_count`, so no other family may have that name. */
function collision(
  { name, type }: Family,
  types: ReadonlyMap<string, FamilyType>,
): string | undefined {
  const [, base = "", suffix] = /^(.*)_(count|sum|bucket)$/s.exec(name) ?? [];
  const baseType = types.get(base);
  if (baseType === "histogram" || (baseType === "summary" && suffix !== "bucket")) {
    return `"${name}" collides with the ${baseType} "${base}"`;
  }
  const suffixes =
    type === "histogram"
      ? ["_count", "_sum", "_bucket"]
      : type === "summary"
        ? ["_count", "_sum"]
        : [];
  const taken = suffixes.map((one) => name + one).find((derived) => types.has(derived));
  return taken === undefined ? undefined : `the ${type} "${name}" collides with "${taken}"`;
}

function wrongLabel({ name, type, series }: Family): string | undefined {
  for (const { labels } of series) {
    for (const label of labels.keys()) {
      if (label.startsWith("__"))
        return `"${name}" has the label "${label}", and names with "__" are reserved`;
      if (type === "summary" && label === "quantile")
        return `the summary "${name}" has an explicit label "quantile"`;
    }
  }
  return undefined;
}

function duplicate({ name, series }: Family, others: readonly StoredGroup[]): string | undefined {
  const keys = new Set(series.map(({ labels }) => labelsKey(labels)));
  if (keys.size < series.length) return `"${name}" has a series twice`;
  for (const group of others) {
    for (const { labels } of group.families.get(name)?.series ?? []) {
      if (keys.has(labelsKey(labels)))
        return `"${name}" has a series that another group has as well`;
    }
  }
  return undefined;
}
