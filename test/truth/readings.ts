import { parseText } from "../pushgateway/parse.js";
import type { Readings } from "./oracle.js";
import type { IsOf } from "./through/series.js";

/** What a run compares. */
export interface Compared {
  /** The series, with the labels that distinguish them; series that differ in other labels are summed. */
  readonly series: Readonly<Record<string, readonly string[]>>;
  /** Series with other values of the label `le` are left out. Default: all bounds. */
  readonly bounds?: readonly string[];
  /** The environment that a group belongs to. */
  environmentOf(labels: Readonly<Record<string, string>>): string;
}

const COMPARED: Compared = {
  series: {
    faas_invocations_total: [],
    faas_errors_total: ["error_type"],
    faas_timeouts_total: [],
    faas_coldstarts_total: [],
    faas_invoke_duration_seconds_count: [],
    orders_total: ["plan"],
    order_size_count: [],
    order_size_sum: [],
  },
  // An instance's name starts with its environment's, followed by a part unique to its life.
  environmentOf: (labels) => labels["instance"]!.split("-")[0]!,
};

/** Whether a series is compared for each environment. */
export function isCompared(series: string, { series: compared }: Compared = COMPARED): boolean {
  return Object.hasOwn(compared, series.split("{")[0]!);
}

/**
 * The values in a scrape, summed over all instances of each environment. Zeros are left out.
 *
 * @param isOf whether a group counts, by its labels. Default: all groups
 */
export function readingsOf(
  scrape: string,
  isOf?: IsOf,
  { series: compared, bounds, environmentOf }: Compared = COMPARED,
): Readings {
  const readings = new Map<string, Map<string, number>>();
  for (const { name, labels, value } of parseText(scrape).flatMap(({ samples }) => samples)) {
    if (isOf?.(labels) === false) continue;
    if (!Object.hasOwn(compared, name) || value === 0) continue;
    if (bounds && labels["le"] !== undefined && !bounds.includes(labels["le"])) continue;
    const pairs = compared[name]!.map((label) => `${label}="${labels[label]}"`);
    const series = pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
    const environment = environmentOf(labels);
    const reading = readings.get(environment) ?? new Map<string, number>();
    readings.set(environment, reading.set(series, (reading.get(series) ?? 0) + value));
  }
  return readings;
}

/** Sums over all environments, by series. */
export function sumsOf(readings: Readings): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const reading of readings.values())
    for (const [series, value] of reading) sums[series] = (sums[series] ?? 0) + value;
  return sums;
}
