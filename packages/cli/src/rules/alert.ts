import type { AlertingRule } from "./rule-file.js";

const RUNBOOKS = "https://github.com/prefreeze/prefreeze/blob/main/infra/prometheus/RUNBOOKS.md";

/** What Prometheus scrapes, and at which moments an alert is looked at. */
export interface Scenario {
  /** What happens, for people who read the tests. */
  readonly what: string;
  /** By series, its values in promtool's notation. */
  readonly series: Readonly<Record<string, string>>;
  /** Between two values: `15s` by default. */
  readonly interval?: string;
  /** Moments such as `20m`. */
  readonly at: readonly string[];
}

/** A scenario in which an alert fires at each of the moments. */
export interface FiringScenario extends Scenario {
  /** The labels that it fires with, without its severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** How its description writes `$value`, if it does. */
  readonly value?: string;
}

/** An alert, with what proves it. */
export interface Alert {
  readonly name: string;
  readonly severity: "critical" | "warning" | "info";
  /** Further labels, which are always the same. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly expr: string;
  /** How long `expr` must have held. */
  readonly for?: string;
  /** How long it goes on after `expr` has ended to hold, so that a ratio near its threshold raises it once. */
  readonly keepFiringFor?: string;
  /** One line, for a pager. */
  readonly summary: string;
  readonly description: string;
  readonly fires: readonly [FiringScenario, ...FiringScenario[]];
  readonly staysSilent: readonly [Scenario, ...Scenario[]];
}

/** The rule that Prometheus reads. */
export function alertingRule(alert: Alert): AlertingRule {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for && { for: alert.for }),
    ...(alert.keepFiringFor && { keep_firing_for: alert.keepFiringFor }),
    labels: { severity: alert.severity, ...alert.labels },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${RUNBOOKS}#${alert.name.toLowerCase()}`,
    },
  };
}
