import { writtenDashboard } from "../dashboard/written-dashboard.js";
import type { MetricDescription } from "../definitions/metric-description.js";
import { type RulesOptions, rulesFor } from "./definition-rules.js";
import { MARK } from "./mark.js";
import { shippedRules } from "./shipped-rules.js";
import { yamlText } from "./yaml-text.js";

/** A file to write. */
export interface WrittenFile {
  /** From the folder, with slashes. */
  readonly path: string;
  /** What it is, for people. */
  readonly what: string;
  /** All that is in it. */
  readonly text: string;
}

const COPY = "Copy what you change to a file of your own: this one is written again.";

/** The files of `infra/prometheus/`: rules for all functions and the machines behind them, and tests of the rules. */
export function shippedFiles(): WrittenFile[] {
  return shippedRules().flatMap(({ name, what, rules, tests }) => [
    {
      path: `rules/${name}.yml`,
      what: `rules: ${what}`,
      text: yamlText(rules, `${MARK}. ${COPY}\n${what}`),
    },
    ...Object.entries(tests).map(([test, content]) => ({
      path: `tests/${test}.yml`,
      what: `tests of rules/${name}.yml`,
      text: yamlText(content, `${MARK}. Run: promtool test rules ${test}.yml`),
    })),
  ]);
}

/** The files for one's own metrics. */
export function definitionFiles(
  metrics: readonly MetricDescription[],
  options: RulesOptions & { readonly title: string },
): WrittenFile[] {
  const name = options.title.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-");
  const rulesFile = `${name}.rules.yml`;
  const { rules, tests, dashboard } = rulesFor(metrics, { ...options, rulesFile });
  const test = (path: string, content: object) => ({
    path,
    what: `tests of ${rulesFile}`,
    text: yamlText(content, `${MARK}. Run: promtool test rules ${path}`),
  });
  return [
    {
      path: rulesFile,
      what: "rules, for rule_files of Prometheus",
      text: yamlText(rules, `${MARK}. ${COPY}`),
    },
    ...(tests.minutes ? [test(`${name}.test.yml`, tests.minutes)] : []),
    ...(tests.weeks ? [test(`${name}.weeks.test.yml`, tests.weeks)] : []),
    {
      path: `${name}.dashboard.json`,
      what: "a dashboard, for Grafana",
      text: writtenDashboard({
        ...dashboard,
        description: `${dashboard.description} ${MARK}.`,
      }),
    },
  ];
}
