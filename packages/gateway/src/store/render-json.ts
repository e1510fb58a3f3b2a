import { formatGoFloat } from "../text/go-float.js";
import { isHistogram, type Labels, type Point, type Series } from "../text/metric-family.js";
import { exportedFamilies } from "./exported-families.js";
import type { Store, StoredFamily, StoredGroup } from "./stored-group.js";

/** Renders all groups as the JSON of `/api/v1/metrics`, with the members of the real gateway. */
export function renderJson(store: Store): string {
  return JSON.stringify({ status: "success", data: [...store.values()].map(groupAsJson) });
}

function groupAsJson(group: StoredGroup): object {
  const families = exportedFamilies(group).map((family): [string, object] => [
    family.name,
    familyAsJson(family),
  ]);
  return {
    ...Object.fromEntries(families),
    // Like in the real gateway, these hide a metric of the same name.
    labels: Object.fromEntries(group.labels),
    last_push_successful: group.pushFailureTimeSeconds <= group.pushTimeSeconds,
  };
}

function familyAsJson({ type, help, series, pushedAtSeconds }: StoredFamily): object {
  return {
    time_stamp: new Date(pushedAtSeconds * 1000).toISOString(),
    type: type === "gaugehistogram" ? "GAUGE_HISTOGRAM" : type.toUpperCase(),
    // The real gateway leaves out an empty one, too.
    ...(help && { help }),
    metrics: series.map((each) => seriesAsJson(each, isHistogram(type), type === "summary")),
  };
}

function seriesAsJson(
  { labels, value, points, sum, count }: Series,
  hasBuckets: boolean,
  hasQuantiles: boolean,
): object {
  const named = { labels: asObject(labels) };
  if (!hasBuckets && !hasQuantiles) return { ...named, value: formatValue(value) };
  const byPoint = pointsAsJson(points, hasBuckets ? formatCount : formatValue);
  return {
    ...named,
    ...(hasBuckets ? { buckets: byPoint } : { quantiles: byPoint }),
    count: formatCount(count),
    sum: formatValue(sum),
  };
}

function pointsAsJson(points: readonly Point[], format: (value: number) => string): object {
  return Object.fromEntries(points.map(({ at, value }) => [formatGoFloat(at), format(value)]));
}

/** The text format shows no sign of a zero; this does. */
function formatValue(value: number): string {
  return Object.is(value, -0) ? "-0" : formatGoFloat(value);
}

/** Counts are integers of 64 bits in the real gateway, and have no exponent. */
function formatCount(count: number): string {
  if (!Number.isInteger(count)) return formatGoFloat(count);
  return String(count < 2 ** 64 ? BigInt(count) : 2n ** 64n - 1n);
}

const asObject = (labels: Labels): object => Object.fromEntries(labels);
