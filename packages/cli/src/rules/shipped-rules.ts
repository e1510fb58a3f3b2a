import type { Through } from "../definitions/through.js";
import { aggregatorAlerts } from "./aggregator-alerts.js";
import { type Alert, alertingRule } from "./alert.js";
import { functionAlerts } from "./function-alerts.js";
import { functionRecordTests } from "./function-record-tests.js";
import { growthRecords, jobRecords } from "./function-records.js";
import { gatewayAlerts } from "./gateway-alerts.js";
import { WINDOW } from "./grow-only.js";
import { prometheusAlerts } from "./prometheus-alerts.js";
import type { RuleFile, RuleGroup } from "./rule-file.js";
import { type RecordTest, type TestFile, testFiles } from "./rule-tests.js";

/** A file of rules that fit every function, or the machines behind them. */
export interface ShippedRules {
  /** Its name without `.yml`. */
  readonly name: string;
  /** What it is for, in one sentence. */
  readonly what: string;
  readonly rules: RuleFile;
  readonly alerts: readonly Alert[];
  /** Tests for promtool, by the name of their file without `.yml`. */
  readonly tests: Readonly<Record<string, TestFile>>;
}

/** The rules of infra/prometheus/rules. */
export function shippedRules(): ShippedRules[] {
  return [
    functionRules("aggregated", "aggregator", "Functions whose pushes an aggregator adds up."),
    functionRules(
      "direct",
      "none",
      "Functions that push to the Pushgateway themselves, each instance to a group of its own. It is right for functions behind an aggregator, too, but late by up to two minutes.",
    ),
    alertsOnly("aggregator", "The aggregator.", aggregatorAlerts()),
    alertsOnly(
      "gateway",
      "The Pushgateway, with and without an aggregator in front of it.",
      gatewayAlerts(),
    ),
    alertsOnly("prometheus", "Prometheus itself.", prometheusAlerts()),
  ];
}

function functionRules(name: string, through: Through, what: string): ShippedRules {
  const alerts = functionAlerts(through);
  return shipped(
    name,
    what,
    [
      {
        name: "prefreeze-functions",
        interval: WINDOW,
        // In one group, and in this order: each rule reads what the ones before it have recorded at this moment.
        rules: [
          ...(through === "none" ? growthRecords() : []),
          ...jobRecords(through),
          ...alerts.map(alertingRule),
        ],
      },
    ],
    alerts,
    functionRecordTests(through),
  );
}

function alertsOnly(name: string, what: string, alerts: readonly Alert[]): ShippedRules {
  return shipped(name, what, [alertGroup(`prefreeze-${name}-alerts`, alerts)], alerts);
}

function alertGroup(name: string, alerts: readonly Alert[]): RuleGroup {
  return { name, interval: "1m", rules: alerts.map(alertingRule) };
}

function shipped(
  name: string,
  what: string,
  groups: readonly RuleGroup[],
  alerts: readonly Alert[],
  records: readonly RecordTest[] = [],
): ShippedRules {
  const { minutes, weeks } = testFiles(`../rules/${name}.yml`, alerts, records);
  return {
    name,
    what,
    rules: { groups },
    alerts,
    tests: {
      ...(minutes && { [name]: minutes }),
      ...(weeks && { [`${name}-weeks`]: weeks }),
    },
  };
}
