import { formatGoFloat } from "../text/go-float.js";
import type { FamilyType, Labels, Point, Series } from "../text/metric-family.js";
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
    metrics: series.map((each) => ({ labels: asObject(each.labels), ...valuesOf(each, type) })),
  };
}

function valuesOf({ value, points, sum, count }: Series, type: FamilyType): object {
  if (type === "histogram") {
    const format = formatCounts([count, ...points.map((point) => point.value)]);
    return { buckets: byPoint(points, format), count: format(count), sum: formatValue(sum) };
  }
  if (type === "summary") {
    const quantiles = byPoint(points, formatValue);
    return { quantiles, count: formatInteger(count), sum: formatValue(sum) };
  }
  // The real gateway does not show the buckets of a gauge histogram here.
  return { value: formatValue(value) };
}

function byPoint(points: readonly Point[], format: (value: number) => string): object {
  return Object.fromEntries(points.map(({ at, value }) => [formatGoFloat(at), format(value)]));
}

/** The text format shows no sign of a zero; this does. */
function formatValue(value: number): string {
  return Object.is(value, -0) ? "-0" : formatGoFloat(value);
}

/** The counts of a histogram are integers, or all of them are floats, of which only those above zero are shown. */
function formatCounts(counts: readonly number[]): (count: number) => string {
  const areIntegers = counts.every(
    (count) => Number.isInteger(count) && count >= 0 && count < 2 ** 64,
  );
  return areIntegers ? formatInteger : (count) => (count > 0 ? formatGoFloat(count) : "0");
}

/** Integers of 64 bits have no exponent. */
function formatInteger(count: number): string {
  if (!Number.isInteger(count)) return formatGoFloat(count);
  return String(count < 2 ** 64 ? BigInt(count) : 2n ** 64n - 1n);
}

const asObject = (labels: Labels): object => Object.fromEntries(labels);
