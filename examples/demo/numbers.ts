import { parseText, sample } from "../../test/pushgateway/parse.js";

/** The numbers of a platform's function, either as its callers saw them or as the gateway holds them. */
export interface Numbers {
  readonly succeeded: number;
  readonly failed: number;
  readonly coldStarts: number;
  readonly proOrders: number;
  readonly freeOrders: number;
  readonly charges: number;
}

/** Sums over all instances of a job, as a scrape of the gateway shows them. */
export function numbersHeld(scrape: string, job: string): Numbers {
  const families = parseText(scrape);
  const sum = (name: string, labels = {}) => sample(families, name, { job, ...labels }) ?? 0;
  return {
    succeeded: sum("faas_invocations_total"),
    failed: sum("faas_errors_total"),
    coldStarts: sum("faas_coldstarts_total"),
    proOrders: sum("orders_total", { plan: "pro" }),
    freeOrders: sum("orders_total", { plan: "free" }),
    charges: sum("charge_duration_seconds_count"),
  };
}

/** The number of groups of a job. */
export function groupsHeld(scrape: string, job: string): number {
  return sample(parseText(scrape), "target_info", { job }) ?? 0;
}
