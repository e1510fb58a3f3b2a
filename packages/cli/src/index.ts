export { WrongInput } from "./arguments/wrong-input.js";
export type { Pushgateway } from "./arguments/pushgateway-option.js";
export type { Dashboard } from "./dashboard/dashboard.js";
export { dashboardOf, type DashboardOptions } from "./dashboard/dashboard-of.js";
export { writtenDashboard } from "./dashboard/written-dashboard.js";
export type { MetricDescription } from "./definitions/metric-description.js";
export type { Through } from "./definitions/through.js";
