import type { Dashboard } from "./dashboard.js";

/** The text of a dashboard's file. */
export function writtenDashboard(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
