import { parseText } from "../../pushgateway/parse.js";

/** Values by series: a name with those of its labels that tell series of the run apart. */
export type Values = ReadonlyMap<string, number>;

/** Which labels tell the series of the run apart. What differs in others (job, instance, trigger) is summed. */
export const DISTINGUISHING = [
  "error_type",
  "plan",
  "result",
  "le",
  "http_request_method",
  "http_response_status_code",
  "http_route",
] as const;

/** Sums of durations are left out: floats that are added in another order differ in their last bits. */
const COUNTED =
  /^((faas|prefreeze|orders|order_size|http_server_request)_\w*(total|count|bucket)|order_size_sum)$/;

/** @returns the series of a sample; undefined if it is none to compare */
export function seriesOf(
  name: string,
  labels: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (!COUNTED.test(name)) return undefined;
  const pairs = DISTINGUISHING.flatMap((label) => {
    const value = labels[label];
    if (value === undefined || value === "") return [];
    // Prometheus 3 writes a whole bound as a float.
    const text = label === "le" ? boundOf(value) : value;
    return [`${label}="${text}"`];
  });
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

function boundOf(text: string): string {
  return text === "+Inf" ? text : String(Number(text));
}

/** Whether a group counts. */
export type IsOf = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * The values in a scrape, summed over all groups.
 *
 * @param isOf whether a group counts, by its labels. Default: all groups
 */
export function valuesOf(scrape: string, isOf?: IsOf): Values {
  const values = new Map<string, number>();
  for (const { name, labels, value } of parseText(scrape).flatMap(({ samples }) => samples)) {
    if (isOf?.(labels) === false) continue;
    const series = labels["job"] === undefined ? undefined : seriesOf(name, labels);
    if (series !== undefined) addTo(values, new Map([[series, value]]));
  }
  return values;
}

/** Adds values to others, series by series. */
export function addTo(sums: Map<string, number>, values: Values, factor = 1): void {
  for (const [series, value] of values) {
    if (value !== 0) sums.set(series, (sums.get(series) ?? 0) + factor * value);
  }
}
