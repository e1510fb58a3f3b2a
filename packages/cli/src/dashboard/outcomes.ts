import type { Line } from "./panel.js";
import type { Queries } from "./queries.js";

/** Invocations per second, one line for each outcome. */
export function outcomeLines({ perSecond }: Queries, matchers: string): Line[] {
  return [
    {
      expr: perSecond("faas_invocations_total", matchers, []),
      legend: "succeeded",
      color: "green",
    },
    { expr: perSecond("faas_errors_total", matchers, []), legend: "failed", color: "red" },
    { expr: perSecond("faas_timeouts_total", matchers, []), legend: "timed out", color: "orange" },
  ];
}
