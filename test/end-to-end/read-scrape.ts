import { parseText, sample } from "../pushgateway/parse.js";

/** Reads the text of a scrape. Every number is the sum over the instances of a job. */
export function readScrape(scrape: string) {
  const families = parseText(scrape);
  const sum = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    sample(families, name, labels);
  return {
    sum,
    /** The numbers of one job that the tests of the examples look at. */
    of: (job: string) => ({
      succeeded: sum("faas_invocations_total", { job }),
      failed: sum("faas_errors_total", { job }),
      timedOut: sum("faas_timeouts_total", { job }),
      coldStarts: sum("faas_coldstarts_total", { job }),
      pro: sum("orders_total", { job, plan: "pro" }),
      free: sum("orders_total", { job, plan: "free" }),
      charges: sum("charge_duration_seconds_count", { job }),
    }),
    /** The instances of a job. Each has its own group. */
    instances: (job: string) =>
      families
        .filter(({ name }) => name === "push_time_seconds")
        .flatMap(({ samples }) => samples)
        .filter(({ labels }) => labels["job"] === job)
        .map(({ labels }) => labels["instance"]),
  };
}
