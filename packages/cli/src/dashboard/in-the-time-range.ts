import type { FaasQueries } from "./faas-queries.js";
import { COLD_STARTS, ERRORS, TIMEOUTS } from "./limits.js";
import type { UnplacedPanel } from "./panel.js";
import { stat } from "./stat.js";

/**
 * The numbers of functions over the whole time range.
 *
 * @param instances the query that finds live instances
 * @param direct whether functions push to a Pushgateway themselves
 */
export function inTheTimeRange(
  faas: FaasQueries,
  instances: string,
  direct: boolean,
): UnplacedPanel[] {
  return [
    stat({
      title: "Invocations",
      description: `All invocations in the time range, whatever their outcome. ${direct ? "It is exact, but for the last two minutes." : "It is an estimate by some percent, as every `increase`."}`,
      unit: "short",
      decimals: 0,
      expr: faas.invocationsInRange([]),
    }),
    stat({
      title: "Error ratio",
      alerts: ["FunctionErrors", "FunctionFails"],
      description:
        "Share of the invocations that failed. Timeouts are counted apart; the denominator has all three outcomes.",
      unit: "percentunit",
      thresholds: ERRORS,
      expr: faas.shareInRange("faas_errors_total", []),
    }),
    stat({
      title: "Timeouts",
      alerts: ["FunctionTimeouts", "FunctionNearTimeout"],
      description:
        "Share of the invocations that were not done just before the platform's deadline.",
      unit: "percentunit",
      thresholds: TIMEOUTS,
      expr: faas.shareInRange("faas_timeouts_total", []),
    }),
    stat({
      title: "Cold starts",
      alerts: ["FunctionColdStarts"],
      description: "Share of the invocations that were the first of their instance.",
      unit: "percentunit",
      thresholds: COLD_STARTS,
      expr: faas.shareInRange("faas_coldstarts_total", []),
    }),
    stat({
      title: "p95 duration",
      description:
        "95 of 100 invocations took no longer. Between two bounds of the histogram it is interpolated.",
      unit: "s",
      expr: faas.quantileInRange(0.95, []),
    }),
    stat({
      title: "Live instances",
      alerts: ["FunctionQuiet", "CanarySilent"],
      description:
        "Instances that pushed within the last 10 minutes. It does not depend on the trigger.",
      unit: "short",
      decimals: 0,
      noValue: "0",
      expr: `sum(${instances})`,
    }),
  ];
}
