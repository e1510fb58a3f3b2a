import { recordName } from "../definitions/record-name.js";
import type { Through } from "../definitions/through.js";
import type { Dashboard } from "./dashboard.js";
import { faasQueries } from "./faas-queries.js";
import { dashboardWith } from "./frame.js";
import { heatmap } from "./heatmap.js";
import { COLD_STARTS, ERRORS } from "./limits.js";
import { inTheTimeRange } from "./in-the-time-range.js";
import { outcomeLines } from "./outcomes.js";
import { pushesSection } from "./pushes.js";
import { queriesThrough } from "./queries.js";
import { labelsTable } from "./table.js";
import { timeSeries } from "./time-series.js";
import {
  dataSourceVariable,
  jobVariable,
  labelVariable,
  platformVariable,
  triggerVariable,
} from "./variables.js";

/** One function in detail. */
export function functionDashboard(through: Through): Dashboard {
  const direct = through === "none";
  const queries = queriesThrough[through];
  const { minStep } = queries;
  const ofJob = 'job="$job"';
  const matchers = `${ofJob}, faas_trigger=~"$trigger"`;
  const faas = faasQueries(queries, matchers);
  const counted = direct ? recordName("faas_invocations_total") : "faas_invocations_total";
  return dashboardWith({
    uid: direct ? "prefreeze-function-direct" : "prefreeze-function",
    title: direct ? "prefreeze / function (direct pushes)" : "prefreeze / function",
    description: direct
      ? "One function that pushes to a Pushgateway itself. It reads the recording rules of infra/prometheus, which lag by about two minutes."
      : "One function that pushes through an aggregator.",
    variables: [
      dataSourceVariable,
      platformVariable,
      jobVariable,
      triggerVariable(counted),
      labelVariable({
        name: "gauge",
        label: "Gauge",
        description: "Which of the function's own gauges to show.",
        series: `{job="$job", __name__!~"${NO_GAUGES}"}`,
        of: "__name__",
        choice: "several",
      }),
    ],
    sections: [
      {
        title: "In the time range",
        panels: [...inTheTimeRange(faas, queries.instances(ofJob), direct)],
      },
      {
        title: "Invocations",
        panels: [
          timeSeries({
            title: "Invocations per second, by outcome",
            description:
              "Each invocation has exactly one outcome, so that the height of all three is the number of invocations.",
            unit: "ops",
            stacked: true,
            minStep,
            lines: outcomeLines(queries, matchers),
          }),
          timeSeries({
            title: "Invocations per second, by trigger",
            description: "All outcomes, by what invoked the function.",
            unit: "ops",
            stacked: true,
            minStep,
            lines: [{ expr: faas.invocations(["faas_trigger"]), legend: "{{faas_trigger}}" }],
          }),
          timeSeries({
            title: "Invocations that did not succeed",
            alerts: ["FunctionErrors", "FunctionFails", "FunctionTimeouts"],
            description:
              "Share of the invocations that failed or timed out. The dashed lines are at 1 % and 5 %. A gap is a time without invocations.",
            unit: "percentunit",
            max: 1,
            thresholds: ERRORS,
            minStep,
            lines: [
              { expr: faas.share("faas_errors_total", []), legend: "failed", color: "red" },
              { expr: faas.share("faas_timeouts_total", []), legend: "timed out", color: "orange" },
            ],
          }),
          timeSeries({
            title: "Errors per second, by type",
            description:
              "What was thrown: the name of the error's class. After the first 20 types of an instance, others count as one.",
            unit: "ops",
            minStep,
            lines: [
              {
                expr: queries.perSecond(
                  direct ? "faas_errors_by_type_total" : "faas_errors_total",
                  `${matchers}, error_type!=""`,
                  ["error_type"],
                ),
                legend: "{{error_type}}",
              },
            ],
          }),
        ],
      },
      {
        title: "Duration",
        panels: [
          timeSeries({
            title: "Duration of invocations",
            alerts: ["FunctionNearTimeout"],
            description:
              "Half, 95 of 100 and 99 of 100 invocations took no longer. If p99 comes near the function's timeout, expect timeouts. Between two bounds of the histogram it is interpolated.",
            unit: "s",
            minStep,
            lines: [
              { expr: faas.quantile(0.5, []), legend: "p50" },
              { expr: faas.quantile(0.95, []), legend: "p95" },
              { expr: faas.quantile(0.99, []), legend: "p99" },
            ],
          }),
          heatmap({
            title: "Durations, spread over time",
            description:
              "Each column is a moment, each cell a range of durations; the darker, the more invocations. Two dark bands are two kinds of invocations, such as cold and warm ones.",
            unit: "s",
            minStep,
            expr: queries.perSecond("faas_invoke_duration_seconds_bucket", matchers, ["le"]),
          }),
          timeSeries({
            title: "Cold starts",
            alerts: ["FunctionColdStarts"],
            description:
              "Share of the invocations that were the first of their instance. It is high for functions that are rarely called, and for a moment after each deployment.",
            unit: "percentunit",
            max: 1,
            thresholds: COLD_STARTS,
            minStep,
            lines: [{ expr: faas.share("faas_coldstarts_total", []), legend: "cold starts" }],
          }),
          timeSeries({
            title: "Time to start",
            description:
              "Mean time from the start of the process until its first invocation could begin. A gap is a time without cold starts. Not every platform tells it.",
            unit: "s",
            minStep,
            lines: [{ expr: faas.mean("faas_init_duration_seconds", ofJob, []), legend: "mean" }],
          }),
        ],
      },
      {
        title: "Gauges",
        panels: [
          timeSeries({
            title: "$gauge",
            description: direct
              ? "The value of the newest push. Those of other instances are no longer the present."
              : "As the aggregator combines the instances: by default, the value of the newest push.",
            width: 8,
            unit: "short",
            repeat: "gauge",
            lines: [{ expr: queries.newest("$gauge", ofJob), legend: "" }],
          }),
        ],
      },
      {
        title: "The newest instance",
        panels: [
          labelsTable({
            title: "target_info",
            description:
              "What the newest instance says about itself: name, version, platform, region and runtime of the function. Empty if nobody has pushed for 10 minutes.",
            height: 5,
            expr: queries.newest("target_info", ofJob),
            hidden: [],
          }),
        ],
      },
      pushesSection(queries, ofJob, []),
    ],
  });
}

/** Names of no gauges of the function's own: of counters, histograms and records, and of what is shown elsewhere. */
const NO_GAUGES =
  ".+(_total|_count|_sum|_bucket)|.*:.*|target_info|push_(failure_)?time_seconds|prefreeze_.+|ALERTS.*";
