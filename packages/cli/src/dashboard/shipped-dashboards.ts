import type { Dashboard } from "./dashboard.js";
import { functionDashboard } from "./function-dashboard.js";
import { machinesDashboard } from "./machines-dashboard.js";
import { overviewDashboard } from "./overview-dashboard.js";

/** The dashboards of `infra/grafana/dashboards/`, by the names of their files. */
export function shippedDashboards(): Readonly<Record<string, Dashboard>> {
  return {
    "overview.json": overviewDashboard("aggregator"),
    "function.json": functionDashboard("aggregator"),
    "overview-direct.json": overviewDashboard("none"),
    "function-direct.json": functionDashboard("none"),
    "machines.json": machinesDashboard(),
  };
}
