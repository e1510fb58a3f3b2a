import { chosenDataSource } from "./data-source.js";
import type { Variable } from "./dashboard.js";

const ALL = { text: "All", value: "$__all" };

/** Which Prometheus to ask. */
export const dataSourceVariable: Variable = {
  name: "datasource",
  label: "Data source",
  description: "The Prometheus, or VictoriaMetrics, that scrapes the gateway.",
  type: "datasource",
  query: "prometheus",
  hide: 0,
  includeAll: false,
  multi: false,
  options: [],
  refresh: 1,
  regex: "",
  skipUrlSync: false,
  sort: 0,
};

/** Which values of a label to show: one, several or all. */
export function labelVariable(words: {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** The series that have the label. */
  readonly series: string;
  /** The label whose values are offered. */
  readonly of: string;
  /** `one` value at a time, or any number. `all` also shows series without the label. */
  readonly choice: "one" | "several" | "all";
}): Variable {
  const { name, label, description, series, of, choice } = words;
  const query = `label_values(${series}, ${of})`;
  return {
    name,
    label,
    description,
    type: "query",
    datasource: chosenDataSource,
    query: { query, refId: "PrometheusVariableQueryEditor-VariableQuery" },
    ...(choice !== "one" && { current: ALL }),
    hide: 0,
    includeAll: choice !== "one",
    ...(choice === "all" && { allValue: ".*" }),
    multi: choice !== "one",
    options: [],
    refresh: 2,
    regex: "",
    skipUrlSync: false,
    sort: 1,
  };
}

/** Which platform the offered jobs run on. */
export const platformVariable = labelVariable({
  name: "platform",
  label: "Platform",
  description: "Where the functions run. It chooses which jobs are offered.",
  series: "target_info",
  of: "cloud_platform",
  choice: "all",
});

/** Which jobs to show. */
export const jobsVariable = labelVariable({
  name: "job",
  label: "Job",
  description: "A function, by the name under which it pushes.",
  series: 'target_info{cloud_platform=~"$platform"}',
  of: "job",
  choice: "several",
});

/** Which job to show. */
export const jobVariable = labelVariable({
  name: "job",
  label: "Job",
  description: "A function, by the name under which it pushes.",
  series: 'target_info{cloud_platform=~"$platform"}',
  of: "job",
  choice: "one",
});

/**
 * Which triggers to show.
 *
 * @param series a metric that has the label `faas_trigger`
 */
export function triggerVariable(series: string): Variable {
  return labelVariable({
    name: "trigger",
    label: "Trigger",
    description: "What invoked the function: http, pubsub, timer, datasource or other.",
    series: `${series}{job=~"$job"}`,
    of: "faas_trigger",
    choice: "all",
  });
}
