import { recordName } from "../definitions/record-name.js";
import type { Through } from "../definitions/through.js";
import { growth } from "./grow-only.js";
import { endedByJob, increase, increaseByJob } from "./increase.js";
import type { RecordingRule } from "./rule-file.js";

/** What every instance counts, and the labels that its record leaves out. */
const COUNTED: readonly (readonly [series: string, without?: readonly string[]])[] = [
  ["faas_invocations_total"],
  ["faas_errors_total", ["error_type"]],
  ["faas_timeouts_total"],
  ["faas_coldstarts_total"],
  ["faas_invoke_duration_seconds_bucket"],
  ["faas_invoke_duration_seconds_sum"],
  ["faas_invoke_duration_seconds_count"],
  ["faas_init_duration_seconds_sum"],
  ["faas_init_duration_seconds_count"],
  ["prefreeze_flushes_total"],
  ["prefreeze_flush_duration_seconds_sum"],
  ["prefreeze_flush_duration_seconds_count"],
  ["prefreeze_dropped_series_total"],
  ["prefreeze_dropped_recordings_total"],
  ["prefreeze_conflicts_total"],
];

/** Without an aggregator: the growth of what every instance counts, within each minute. */
export function growthRecords(): RecordingRule[] {
  return [
    ...COUNTED.map(([name, without]) => ({
      record: recordName(name),
      expr: growth(name, without),
    })),
    // The one above has the labels of the other outcomes, so that they can be added up.
    { record: "faas_errors_by_type:increase1m", expr: growth("faas_errors_total") },
  ];
}

/** What alerts and dashboards read of each job. The names are the same with and without an aggregator. */
export function jobRecords(through: Through): RecordingRule[] {
  const buckets = increase(through, "faas_invoke_duration_seconds_bucket", "15m");
  return [
    { record: "job:faas_all:increase15m", expr: endedByJob(through, "15m") },
    {
      record: "job:faas_errors:increase15m",
      expr: increaseByJob(through, "faas_errors_total", "15m"),
    },
    {
      record: "job:faas_timeouts:increase15m",
      expr: increaseByJob(through, "faas_timeouts_total", "15m"),
    },
    {
      record: "job:faas_errors:ratio15m",
      expr: "job:faas_errors:increase15m / (job:faas_all:increase15m > 0)",
    },
    {
      record: "job:faas_timeouts:ratio15m",
      expr: "job:faas_timeouts:increase15m / (job:faas_all:increase15m > 0)",
    },
    { record: "job:faas_all:increase1h", expr: endedByJob(through, "1h") },
    {
      record: "job:faas_coldstarts:ratio1h",
      expr: `${increaseByJob(through, "faas_coldstarts_total", "1h")}\n/ (job:faas_all:increase1h > 0)`,
    },
    {
      record: "job:faas_invoke_duration_seconds:p99_15m",
      expr: `histogram_quantile(0.99, sum by (job, le) (${buckets}))`,
    },
  ];
}
