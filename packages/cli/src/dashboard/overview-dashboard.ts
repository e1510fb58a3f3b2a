import { recordName } from "../definitions/record-name.js";
import type { Through } from "../definitions/through.js";
import type { Dashboard } from "./dashboard.js";
import { faasQueries } from "./faas-queries.js";
import { dashboardWith } from "./frame.js";
import { inTheTimeRange } from "./in-the-time-range.js";
import { outcomeLines } from "./outcomes.js";
import { pushesSection } from "./pushes.js";
import { queriesThrough } from "./queries.js";
import { numbersTable } from "./table.js";
import { COLD_STARTS, ERRORS, TIMEOUTS } from "./limits.js";
import { timeSeries } from "./time-series.js";
import {
  dataSourceVariable,
  jobsVariable,
  platformVariable,
  triggerVariable,
} from "./variables.js";

/** All functions: which of them is worth a look. */
export function overviewDashboard(through: Through): Dashboard {
  const direct = through === "none";
  const queries = queriesThrough[through];
  const { minStep } = queries;
  const ofJob = 'job=~"$job"';
  const faas = faasQueries(queries, `${ofJob}, faas_trigger=~"$trigger"`);
  const counted = direct ? recordName("faas_invocations_total") : "faas_invocations_total";
  return dashboardWith({
    uid: direct ? "prefreeze-overview-direct" : "prefreeze-overview",
    title: direct ? "prefreeze / overview (direct pushes)" : "prefreeze / overview",
    description: direct
      ? "All functions that push to a Pushgateway themselves. It reads the recording rules of infra/prometheus, which lag by about two minutes."
      : "All functions that push through an aggregator.",
    variables: [dataSourceVariable, platformVariable, jobsVariable, triggerVariable(counted)],
    sections: [
      {
        title: "In the time range",
        panels: [
          ...inTheTimeRange(faas, queries.instances(ofJob), direct),
          numbersTable({
            title: "Jobs",
            description:
              "One row for each function, in the time range. Click on a name to see it in detail.",
            height: 9,
            label: "job",
            labelTitle: "Job",
            link: {
              title: "Show this function",
              url: `/d/${direct ? "prefreeze-function-direct" : "prefreeze-function"}?\${datasource:queryparam}&var-job=\${__value.raw:percentencode}&\${__url_time_range}`,
            },
            columns: [
              { name: "Invocations", unit: "short", expr: faas.invocationsInRange(["job"]) },
              {
                name: "Error ratio",
                unit: "percentunit",
                thresholds: ERRORS,
                expr: faas.shareInRange("faas_errors_total", ["job"]),
              },
              {
                name: "Timeouts",
                unit: "percentunit",
                thresholds: TIMEOUTS,
                expr: faas.shareInRange("faas_timeouts_total", ["job"]),
              },
              {
                name: "Cold starts",
                unit: "percentunit",
                thresholds: COLD_STARTS,
                expr: faas.shareInRange("faas_coldstarts_total", ["job"]),
              },
              { name: "p50", unit: "s", expr: faas.quantileInRange(0.5, ["job"]) },
              { name: "p95", unit: "s", expr: faas.quantileInRange(0.95, ["job"]) },
              { name: "p99", unit: "s", expr: faas.quantileInRange(0.99, ["job"]) },
              { name: "Live instances", unit: "short", expr: queries.instances(ofJob) },
            ],
          }),
        ],
      },
      {
        title: "Over time",
        panels: [
          timeSeries({
            title: "Invocations per second, by job",
            description: "All outcomes. A line that ends is a job without series, not one at zero.",
            unit: "ops",
            minStep,
            lines: [{ expr: faas.invocations(["job"]), legend: "{{job}}" }],
          }),
          timeSeries({
            title: "Invocations per second, by outcome",
            description:
              "Each invocation has exactly one outcome, so that the height of all three is the number of invocations.",
            unit: "ops",
            stacked: true,
            minStep,
            lines: outcomeLines(queries, `${ofJob}, faas_trigger=~"$trigger"`),
          }),
          timeSeries({
            title: "Error ratio, by job",
            alerts: ["FunctionErrors", "FunctionFails"],
            description:
              "Share of the invocations that failed. The dashed lines are at 1 % and 5 %. A gap is a time without invocations.",
            unit: "percentunit",
            max: 1,
            thresholds: ERRORS,
            minStep,
            lines: [{ expr: faas.share("faas_errors_total", ["job"]), legend: "{{job}}" }],
          }),
          timeSeries({
            title: "Timeouts, by job",
            alerts: ["FunctionTimeouts", "FunctionNearTimeout"],
            description:
              "Share of the invocations that timed out. Compare the duration with the function's own timeout.",
            unit: "percentunit",
            max: 1,
            thresholds: TIMEOUTS,
            minStep,
            lines: [{ expr: faas.share("faas_timeouts_total", ["job"]), legend: "{{job}}" }],
          }),
          timeSeries({
            title: "p95 duration, by job",
            description:
              "95 of 100 invocations took no longer. Between two bounds of the histogram it is interpolated.",
            unit: "s",
            minStep,
            lines: [{ expr: faas.quantile(0.95, ["job"]), legend: "{{job}}" }],
          }),
          timeSeries({
            title: "Cold starts, by job",
            alerts: ["FunctionColdStarts"],
            description:
              "Share of the invocations that were the first of their instance. It is high for functions that are rarely called, and for a moment after each deployment.",
            unit: "percentunit",
            max: 1,
            thresholds: COLD_STARTS,
            minStep,
            lines: [{ expr: faas.share("faas_coldstarts_total", ["job"]), legend: "{{job}}" }],
          }),
          timeSeries({
            title: "Live instances, by job",
            alerts: ["FunctionQuiet", "CanarySilent"],
            description:
              "Instances that pushed within the last 10 minutes. Zero: the function has gone quiet, or its pushes do not arrive.",
            unit: "short",
            lines: [{ expr: queries.instances(ofJob), legend: "{{job}}" }],
          }),
          ...(direct
            ? [
                timeSeries({
                  title: "Time since the last push, by job",
                  alerts: ["FunctionQuiet", "CanarySilent"],
                  description:
                    "How long ago the newest push of any instance arrived. It grows while nobody calls the function, or while its pushes fail.",
                  unit: "s",
                  lines: [
                    {
                      expr: `time() - max by (job) (push_time_seconds{${ofJob}})`,
                      legend: "{{job}}",
                    },
                  ],
                }),
              ]
            : []),
        ],
      },
      pushesSection(queries, ofJob, ["job"]),
    ],
  });
}
