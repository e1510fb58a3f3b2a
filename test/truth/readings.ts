import { parseText } from "../pushgateway/parse.js";
import type { Readings } from "./oracle.js";

/** The series that are compared, by the labels that matter; all others of their names are summed up. */
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

/** What a scrape of the gateway reads, summed over all instances of each environment; zeros are left out. */
export function readingsOf(scrape: string): Readings {
  const readings = new Map<string, Map<string, number>>();
  for (const { name, labels, value } of parseText(scrape).flatMap(({ samples }) => samples)) {
    if (!Object.hasOwn(COMPARED, name) || value === 0) continue;
    const label = COMPARED[name];
    const series = label === undefined ? name : `${name}{${label}="${labels[label]}"}`;
    const environment = labels["instance"]!.split("-")[0]!;
    let reading = readings.get(environment);
    if (!reading) readings.set(environment, (reading = new Map()));
    reading.set(series, (reading.get(series) ?? 0) + value);
  }
  return readings;
}
