import type { Family, Group, Labels, Series } from "./group.js";

/**
 * Reads a group from an element of `/api/v1/metrics`.
 *
 * @returns undefined if it is none
 */
export function parseGroup(element: unknown): Group | undefined {
  if (!isObject(element)) return undefined;
  const families = new Map<string, Family>();
  for (const [name, value] of Object.entries(element)) {
    const family = parseFamily(value);
    if (family !== undefined) families.set(name, family);
  }
  const pushed = families.get("push_time_seconds")?.series[0];
  const refused = families.get("push_failure_time_seconds")?.series[0];
  if (pushed === undefined) return undefined;
  families.delete("push_time_seconds");
  families.delete("push_failure_time_seconds");
  return {
    labels: parseLabels(element["labels"]) ?? withoutEmptyInstance(pushed.labels),
    pushedAtSeconds: pushed.value ?? 0,
    refusedAtSeconds: refused?.value ?? 0,
    families,
  };
}

/** A metric that is called `labels` stands in the place of the group's own labels. */
function parseLabels(value: unknown): Labels | undefined {
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === "string"))
    return undefined;
  return Object.assign(Object.create(null), value) as Labels;
}

/** The gateway writes `instance=""` for a group without an instance. */
function withoutEmptyInstance({ instance, ...others }: Labels): Labels {
  return Object.assign(Object.create(null), others, instance && { instance }) as Labels;
}

function parseFamily(value: unknown): Family | undefined {
  if (!isObject(value) || typeof value["type"] !== "string" || !Array.isArray(value["metrics"]))
    return undefined;
  return {
    type: value["type"].toLowerCase(),
    help: typeof value["help"] === "string" ? value["help"] : "",
    series: value["metrics"].filter(isObject).map(parseSeries),
  };
}

function parseSeries(metric: Record<string, unknown>): Series {
  const { value, count, sum, buckets, quantiles } = metric;
  return {
    labels: parseLabels(metric["labels"]) ?? {},
    ...(value !== undefined && { value: toNumber(value) }),
    ...(count !== undefined && { count: toNumber(count), sum: toNumber(sum) }),
    ...(isObject(buckets) && { buckets: toNumbers(buckets) }),
    ...(isObject(quantiles) && { quantiles: toNumbers(quantiles) }),
  };
}

function toNumbers(values: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, toNumber(value)]));
}

/** The gateway writes numbers as Go does, in texts. */
function toNumber(value: unknown): number {
  return Number(String(value).replace(/Inf$/, "Infinity"));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
