import { WrongInput } from "../arguments/wrong-input.js";
import type { MetricDescription } from "../definitions/metric-description.js";
import type { Through } from "../definitions/through.js";
import type { Dashboard } from "../dashboard/dashboard.js";
import { dashboardOf } from "../dashboard/dashboard-of.js";
import { type Alert, alertingRule } from "./alert.js";
import { definitionAlerts } from "./definition-alerts.js";
import { recordsOf } from "./definition-records.js";
import { definitionTests } from "./definition-tests.js";
import { WINDOW } from "./grow-only.js";
import type { RecordingRule, RuleFile } from "./rule-file.js";
import { type TestFile, testFiles } from "./rule-tests.js";

/** What rules are made for. */
export interface RulesOptions {
  /** Default: `aggregator`. */
  readonly through?: Through;
  /** The name of the rules' group, and the title of the dashboard. Default: `metrics`. */
  readonly title?: string;
  /** By job, the timeout of the function in milliseconds: adds the record that the alert FunctionNearTimeout reads. Default: none. */
  readonly timeoutsMs?: Readonly<Record<string, number>>;
  /** The file of the rules, as the tests name it. Default: `rules.yml`. */
  readonly rulesFile?: string;
}

/** Rules for one's own metrics, and what proves and shows them. All of it is plain JSON, and may be written as YAML. */
export interface RulesOfDefinitions {
  /** For `rule_files` of Prometheus. */
  readonly rules: RuleFile;
  /** For `promtool test rules`: two files, if there is something in both. */
  readonly tests: { readonly minutes?: TestFile; readonly weeks?: TestFile };
  /** For Grafana. */
  readonly dashboard: Dashboard;
}

/**
 * Makes recording and alerting rules for one's own metrics, tests for them, and a dashboard.
 *
 * @param definitions as `loadDefinitions` returns them
 * @throws WrongInput if there are none, or two of them need a record of the same name
 */
export function rulesFor(
  definitions: readonly MetricDescription[],
  {
    through = "aggregator",
    title = "metrics",
    timeoutsMs = {},
    rulesFile = "rules.yml",
  }: RulesOptions = {},
): RulesOfDefinitions {
  if (definitions.length === 0) throw new WrongInput("there is no metric to make rules for");
  const sorted = definitions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const records = [
    ...sorted.flatMap((metric) => recordsOf(metric, through)),
    ...timeoutRecords(timeoutsMs),
  ];
  refuseDuplicates(records);
  const alerts: Alert[] = sorted.flatMap((metric) => definitionAlerts(metric, through));
  const rules = [...records, ...alerts.map(alertingRule)];
  return {
    rules: { groups: [{ name: `prefreeze-${title}`, interval: WINDOW, rules }] },
    tests: testFiles(rulesFile, alerts, definitionTests(sorted, through)),
    dashboard: dashboardOf(sorted, { title, through }),
  };
}

function timeoutRecords(timeoutsMs: Readonly<Record<string, number>>): RecordingRule[] {
  return Object.entries(timeoutsMs).map(([job, timeoutMs]) => ({
    record: "job:faas_timeout_seconds",
    expr: `vector(${timeoutMs / 1_000})`,
    labels: { job },
  }));
}

function refuseDuplicates(records: readonly RecordingRule[]): void {
  const seen = new Set<string>();
  for (const { record, labels } of records) {
    const key = JSON.stringify([record, labels]);
    if (seen.has(key))
      throw new WrongInput(`two metrics need the record "${record}": rename one of them`);
    seen.add(key);
  }
}
