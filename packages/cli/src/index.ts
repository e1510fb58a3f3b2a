export { WrongInput } from "./arguments/wrong-input.js";
export type { Pushgateway } from "./arguments/pushgateway-option.js";
export type { Dashboard } from "./dashboard/dashboard.js";
export { dashboardOf, type DashboardOptions } from "./dashboard/dashboard-of.js";
export { writtenDashboard } from "./dashboard/written-dashboard.js";
export type { MetricDescription } from "./definitions/metric-description.js";
export type { Through } from "./definitions/through.js";
export { check, type CheckOptions, type CheckResult } from "./check/check.js";
export type { CheckStep, StepName } from "./check/step.js";
export { type Gateway, type GatewayOptions, startGateway } from "@prefreeze/gateway";
export { ServerFault } from "./groups/server-fault.js";
export type { Labels, Whose } from "./groups/group.js";
export { type JobSummary, listJobs } from "./ls/ls.js";
export {
  pruneGroups,
  type PrunedGroup,
  type PruneOptions,
  type PruneReport,
} from "./prune/prune.js";
export { type ShownJob, type ShownLife, showJob } from "./show/show.js";
export type { MetricTotals, SeriesTotals } from "./show/totals.js";
export { type Activity, type JobActivity, watchActivity } from "./top/activity.js";
export type { SeenGroup } from "./guard/census.js";
export type { Finding, Removable, Severity, Side } from "./guard/finding.js";
export { findFaults, type GuardReport } from "./guard/guard.js";
export { removeFaults } from "./guard/remove.js";
export type { LambdaChange } from "./lambda/change-function.js";
export type { LambdaChangeOptions } from "./lambda/change-functions.js";
export type { SettingsChange, VariableChange } from "./lambda/changes.js";
export type { LambdaAccess } from "./lambda/control-api.js";
export { instrumentLambda, type InstrumentLambdaOptions } from "./lambda/instrument-lambda.js";
export {
  lambdaStatus,
  type LambdaStatus,
  type LambdaStatusOptions,
} from "./lambda/lambda-status.js";
export { uninstrumentLambda } from "./lambda/uninstrument-lambda.js";
export { devLambda, type DevLambdaOptions, type DevLambdaResult } from "./dev/dev-lambda.js";
export type { HeldSeries } from "./dev/held-series.js";
export type { DevInvocation } from "./dev/invoke.js";
export type { AlertingRule, RecordingRule, RuleFile, RuleGroup } from "./rules/rule-file.js";
export { rulesFor, type RulesOfDefinitions, type RulesOptions } from "./rules/definition-rules.js";
export { loadDefinitions } from "./rules/load-definitions.js";
export type { TestFile } from "./rules/rule-tests.js";
export { shippedFiles, type WrittenFile } from "./rules/written-files.js";
