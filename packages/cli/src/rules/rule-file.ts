/** A rule that writes a record, as Prometheus reads it. */
export interface RecordingRule {
  /** The record's name. */
  readonly record: string;
  /** The query whose result is recorded. */
  readonly expr: string;
  /** Labels that the record gets. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A rule that raises an alert, as Prometheus reads it. */
export interface AlertingRule {
  /** The alert's name. */
  readonly alert: string;
  /** The alert is up for each series of this query's result. */
  readonly expr: string;
  /** How long the query must have had a result, as in `5m`. */
  readonly for?: string;
  /** How long the alert stays up without a result, as in `15m`. */
  readonly keep_firing_for?: string;
  /** Labels that the alert gets, `severity` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the alert says: `summary`, `description` and `runbook_url`. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that Prometheus evaluates one after another, at the same moment. */
export interface RuleGroup {
  /** The group's name. */
  readonly name: string;
  /** How often the rules are evaluated, as in `1m`. */
  readonly interval: string;
  /** In the order of their evaluation. */
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** What a file of rules holds. */
export interface RuleFile {
  /** Groups of rules, which Prometheus evaluates side by side. */
  readonly groups: readonly RuleGroup[];
}
