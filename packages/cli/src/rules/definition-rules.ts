import { WrongInput } from "../arguments/wrong-input.js";
import type { MetricDescription } from "../definitions/metric-description.js";
import { recordName } from "../definitions/record-name.js";
import type { Through } from "../definitions/through.js";
import type { Dashboard } from "../dashboard/dashboard.js";
import { dashboardOf } from "../dashboard/dashboard-of.js";
import { type Alert, alertingRule } from "./alert.js";
import { definitionAlerts, growsUsually } from "./definition-alerts.js";
import { definitionTests } from "./definition-tests.js";
import { growth, WINDOW } from "./grow-only.js";
import { increase, increaseByJob } from "./increase.js";
import type { RecordingRule, RuleFile } from "./rule-file.js";
import { type TestFile, testFiles } from "./rule-tests.js";
import { selector } from "./selector.js";

/** What rules are made for. */
export interface RulesOptions {
  /** Default: `aggregator`. */
  readonly through?: Through;
  /** The name of the rules' group, and the title of the dashboard. Default: `metrics`. */
  readonly title?: string;
  /** By job, the timeout of the function in milliseconds: adds the record that the alert FunctionNearTimeout reads. */
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

function recordsOf(metric: MetricDescription, through: Through): RecordingRule[] {
  const { name, type } = metric;
  switch (type) {
    case "counter":
      return [
        ...growthRecord(name, through),
        ...(growsUsually(metric)
          ? [
              {
                record: `job:${name.replace(/_total$/, "")}:increase1h`,
                expr: increaseByJob(through, name, "1h"),
              },
            ]
          : []),
      ];
    case "histogram": {
      const buckets = increase(through, `${name}_bucket`, "15m");
      return [
        ...["_bucket", "_sum", "_count"].flatMap((part) => growthRecord(name + part, through)),
        {
          record: `job:${name}:p99_15m`,
          expr: `histogram_quantile(0.99, sum by (job, le) (${buckets}))`,
        },
      ];
    }
    case "summary":
      return ["_sum", "_count"].flatMap((part) => growthRecord(name + part, through));
    case "gauge":
      return through === "none" ? [presentGauge(metric)] : [];
    default:
      throw new WrongInput(`metric "${name}" has the unknown type "${String(type)}"`);
  }
}

function growthRecord(series: string, through: Through): RecordingRule[] {
  return through === "none" ? [{ record: recordName(series), expr: growth(series) }] : [];
}

/** A gauge as an aggregator would show it: dead instances do not count. */
function presentGauge({ name, aggregate = "last" }: MetricDescription): RecordingRule {
  const gauge = selector(name);
  const newest = "push_time_seconds == on (job) group_left () max by (job) (push_time_seconds)";
  const present = "push_time_seconds > time() - 600";
  return {
    record: `${name}:now`,
    expr:
      aggregate === "last"
        ? `max without (instance) (${gauge} and on (job, instance) (${newest}))`
        : `${aggregate} without (instance) (${gauge} and on (job, instance) (${present}))`,
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
