import type { Alert, FiringScenario, Scenario } from "./alert.js";
import { alertingRule } from "./alert.js";

/** A query, and what it returns. */
export interface QueryTest {
  readonly expr: string;
  /** A moment such as `20m`. */
  readonly at: string;
  /** By series, its value. */
  readonly expected: Readonly<Record<string, number>>;
}

/** What Prometheus scrapes, and what queries over the records then return. */
export interface RecordTest {
  readonly what: string;
  /** By series, its values in promtool's notation. */
  readonly series: Readonly<Record<string, string>>;
  readonly queries: readonly QueryTest[];
}

/** A file of tests, as promtool reads it. */
export interface TestFile {
  /** The files of the rules, from the file of tests. */
  readonly rule_files: readonly string[];
  /** As in `1m`. */
  readonly evaluation_interval: string;
  /** The tests, in promtool's own form. */
  readonly tests: readonly object[];
}

/**
 * The tests of alerts and records for promtool: `minutes`, and `weeks` for those alerts that compare with the past, since
 * an evaluation each minute would take minutes there.
 *
 * @param ruleFile its path, from the files of tests
 */
export function testFiles(
  ruleFile: string,
  alerts: readonly Alert[],
  records: readonly RecordTest[],
): { readonly minutes?: TestFile; readonly weeks?: TestFile } {
  const isLong = ({ fires: [{ interval }] }: Alert): boolean => interval !== undefined;
  const long = alertTests(alerts.filter(isLong));
  const short = [
    ...records.map(recordTest),
    ...alertTests(alerts.filter((alert) => !isLong(alert))),
  ];
  const file = (interval: string, tests: readonly object[]): TestFile => ({
    rule_files: [ruleFile],
    evaluation_interval: interval,
    tests,
  });
  return {
    ...(short.length > 0 && { minutes: file("1m", short) }),
    ...(long.length > 0 && { weeks: file("1h", long) }),
  };
}

/** As in the shipped configuration of Prometheus. */
const SCRAPE_INTERVAL = "15s";

function recordTest({ what, series, queries }: RecordTest): object {
  return {
    name: what,
    interval: SCRAPE_INTERVAL,
    input_series: inputs(series),
    promql_expr_test: queries.map(({ expr, at, expected }) => ({
      expr,
      eval_time: at,
      exp_samples: Object.entries(expected).map(([labels, value]) => ({ labels, value })),
    })),
  };
}

/**
 * The tests of alerts. Those of one name, one for each metric, have the same scenarios, and are tested at once: promtool
 * evaluates all rules for each test.
 */
function alertTests(alerts: readonly Alert[]): object[] {
  const names = new Set(alerts.map(({ name }) => name));
  return [...names].flatMap((name) => {
    const alike = alerts.filter((alert) => alert.name === name);
    const [{ fires, staysSilent } = { fires: [], staysSilent: [] }] = alike;
    return [
      ...fires.map((scenario, i) =>
        alertTest(
          name,
          scenario,
          alike.map((alert) => alert.fires[i]!.series),
          alike.map((alert) => firing(alert, alert.fires[i]!)),
        ),
      ),
      ...staysSilent.map((scenario, i) =>
        alertTest(
          name,
          scenario,
          alike.map((alert) => alert.staysSilent[i]!.series),
          [],
        ),
      ),
    ];
  });
}

function alertTest(
  name: string,
  { what, at, interval = SCRAPE_INTERVAL }: Scenario,
  series: readonly Scenario["series"][],
  expected: readonly object[],
): object {
  return {
    name: `${name}: ${what}`,
    interval,
    input_series: inputs(Object.assign({}, ...series) as Scenario["series"]),
    alert_rule_test: at.map((moment) => ({
      alertname: name,
      eval_time: moment,
      exp_alerts: expected,
    })),
  };
}

/** The alert as promtool compares it, with all that its templates write. */
function firing(alert: Alert, { labels, value }: FiringScenario): object {
  const rule = alertingRule(alert);
  const written = (template: string): string =>
    template.replaceAll(/\{\{ \$(?:labels\.(\w+)|value[^}]*) \}\}/g, (_, label?: string) =>
      label === undefined ? (value ?? "") : (labels[label] ?? ""),
    );
  return {
    exp_labels: { ...labels, ...rule.labels },
    exp_annotations: Object.fromEntries(
      Object.entries(rule.annotations).map(([name, template]) => [name, written(template)]),
    ),
  };
}

function inputs(series: Readonly<Record<string, string>>): object[] {
  return Object.entries(series).map(([name, values]) => ({ series: name, values }));
}
