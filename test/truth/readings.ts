import { parseText } from "../pushgateway/parse.js";
import type { Readings } from "./oracle.js";

/** The series to compare, with the label that distinguishes them; series that differ in other labels are summed. */
const COMPARED: Readonly<Record<string, string | undefined>> = {
  faas_invocations_total: undefined,
  faas_errors_total: "error_type",
  faas_timeouts_total: undefined,
  faas_coldstarts_total: undefined,
  faas_invoke_duration_seconds_count: undefined,
  orders_total: "plan",
  order_size_count: undefined,
  order_size_sum: undefined,
};

/** Whether a series is compared for each environment. */
export function isCompared(series: string): boolean {
  return Object.hasOwn(COMPARED, series.split("{")[0]!);
}

/** The values in a scrape, summed over all instances of each environment. Zeros are left out. */
export function readingsOf(scrape: string): Readings {
  const readings = new Map<string, Map<string, number>>();
  for (const { name, labels, value } of parseText(scrape).flatMap(({ samples }) => samples)) {
    if (!Object.hasOwn(COMPARED, name) || value === 0) continue;
    const label = COMPARED[name];
    const series = label === undefined ? name : `${name}{${label}="${labels[label]}"}`;
    // An instance's name starts with its environment's, followed by a part unique to its life.
    const environment = labels["instance"]!.split("-")[0]!;
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
