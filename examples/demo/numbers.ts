import { parseText, sample } from "../../test/pushgateway/parse.js";

/** The numbers of a platform's function, either as its callers saw them or as the gateway holds them. */
export interface Numbers {
  readonly succeeded: number;
  readonly failed: number;
  /** Of functions: a server has none. */
  readonly coldStarts?: number;
  readonly proOrders: number;
  readonly freeOrders: number;
  readonly charges: number;
}

/** A metric, with the labels of some of its series. */
interface NumberMetric {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What holds each number. */
export type NumberMetrics = ReadonlyMap<keyof Numbers, NumberMetric>;

type Entries = readonly (readonly [keyof Numbers, NumberMetric])[];

const exampleMetrics: Entries = [
  ["proOrders", { name: "orders_total", labels: { plan: "pro" } }],
  ["freeOrders", { name: "orders_total", labels: { plan: "free" } }],
  ["charges", { name: "charge_duration_seconds_count", labels: {} }],
];

/** Those of functions. */
export const functionMetrics: NumberMetrics = new Map<keyof Numbers, NumberMetric>([
  ["succeeded", { name: "faas_invocations_total", labels: {} }],
  ["failed", { name: "faas_errors_total", labels: {} }],
  ["coldStarts", { name: "faas_coldstarts_total", labels: {} }],
  ...exampleMetrics,
]);

const requests = "http_server_request_duration_seconds_count";

/** Those of servers. */
export const serverMetrics: NumberMetrics = new Map<keyof Numbers, NumberMetric>([
  ["succeeded", { name: requests, labels: { http_response_status_code: "200" } }],
  ["failed", { name: requests, labels: { http_response_status_code: "502" } }],
  ...exampleMetrics,
]);

/** Sums over all instances of a job, as a scrape of the gateway shows them. */
export function numbersHeld(scrape: string, job: string, metrics: NumberMetrics): Numbers {
  const families = parseText(scrape);
  const held = Array.from(metrics, ([key, { name, labels }]) => [
    key,
    sample(families, name, { job, ...labels }) ?? 0,
  ]);
  return Object.fromEntries(held) as Numbers;
}

/** The number of groups of a job. */
export function groupsHeld(scrape: string, job: string): number {
  return sample(parseText(scrape), "target_info", { job }) ?? 0;
}
