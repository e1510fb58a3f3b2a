import type { Queries } from "./queries.js";
import type { Section } from "./layout.js";
import { thresholds } from "./panel.js";
import { timeSeries } from "./time-series.js";

/** What functions tell about their own pushes. */
export function pushesSection(queries: Queries, matchers: string, by: readonly string[]): Section {
  const { perSecond, minStep } = queries;
  const name = by.map((label) => `{{${label}}} `).join("");
  const flushes = (result: string) =>
    perSecond("prefreeze_flushes_total", `${matchers}, result="${result}"`, by);
  return {
    title: "Pushes",
    panels: [
      timeSeries({
        title: "Pushes per second",
        description:
          "Pushes of instances, by result. A failed push loses nothing: the next one carries its data. A push counts itself in the next push.",
        unit: "ops",
        minStep,
        lines: [
          { expr: flushes("success"), legend: `${name}success` },
          { expr: flushes("failure"), legend: `${name}failure` },
        ],
      }),
      timeSeries({
        title: "Pushes that failed",
        alerts: ["FunctionPushesFail"],
        description:
          "Share of the pushes that had no answer or were refused. A few are normal while the gateway restarts. If it stays above 10 %, instances back off, and what their last push did not bring is lost when they end.",
        unit: "percentunit",
        max: 1,
        thresholds: thresholds([0.1, "red"]),
        minStep,
        lines: [
          {
            expr: `(${flushes("failure")}) / (${flushes("success")} + ${flushes("failure")})`,
            legend: name.trim() || "failed",
          },
        ],
      }),
      timeSeries({
        title: "Time of a push",
        description:
          "Mean time until a push was answered. A function that pushes before it returns is slower by this. Above 0.5 s, instances push less often.",
        unit: "s",
        thresholds: thresholds([0.5, "orange"]),
        minStep,
        lines: [
          {
            expr: `(${perSecond("prefreeze_flush_duration_seconds_sum", matchers, by)}) / (${perSecond("prefreeze_flush_duration_seconds_count", matchers, by)})`,
            legend: name.trim() || "mean",
          },
        ],
      }),
      timeSeries({
        title: "Series and recordings that were dropped",
        alerts: ["FunctionSeriesDropped", "FunctionRecordingsDropped"],
        description:
          "Zero is right. *Series*: a metric has more label values than `maxSeries` allows, and the rest adds up as `_overflow`. *Recordings*: values that no metric takes, such as a label that is not defined. The function's log names the metric.",
        unit: "ops",
        thresholds: thresholds([1e-9, "red"]),
        minStep,
        lines: [
          {
            expr: perSecond("prefreeze_dropped_series_total", matchers, by),
            legend: `${name}series`,
          },
          {
            expr: perSecond("prefreeze_dropped_recordings_total", matchers, by),
            legend: `${name}recordings`,
          },
        ],
      }),
    ],
  };
}
