import { WrongInput } from "../arguments/wrong-input.js";
import type { MetricDescription } from "../definitions/metric-description.js";
import { recordName } from "../definitions/record-name.js";
import type { Through } from "../definitions/through.js";
import { growsUsually } from "./definition-alerts.js";
import { growth } from "./grow-only.js";
import { increase, increaseByJob } from "./increase.js";
import type { RecordingRule } from "./rule-file.js";
import { series } from "./series.js";

/**
 * What is recorded of one metric.
 *
 * @throws WrongInput if its type is none
 */
export function recordsOf(metric: MetricDescription, through: Through): RecordingRule[] {
  const { name, type } = metric;
  switch (type) {
    case "counter":
      return [
        ...growthRecord(name, through),
        ...(growsUsually(metric)
          ? [
              {
                record: `job:${name.replace(/_total$/, "")}:increase1h`,
                expr: increaseByJob(through, name, "1h"),
              },
            ]
          : []),
      ];
    case "histogram": {
      const buckets = increase(through, `${name}_bucket`, "15m");
      return [
        ...["_bucket", "_sum", "_count"].flatMap((part) => growthRecord(name + part, through)),
        {
          record: `job:${name}:p99_15m`,
          expr: `histogram_quantile(0.99, sum by (job, le) (${buckets}))`,
        },
      ];
    }
    case "summary":
      return ["_sum", "_count"].flatMap((part) => growthRecord(name + part, through));
    case "gauge":
      return through === "none" ? [presentGauge(metric)] : [];
    default:
      throw new WrongInput(`metric "${name}" has the unknown type "${String(type)}"`);
  }
}

function growthRecord(series: string, through: Through): RecordingRule[] {
  return through === "none" ? [{ record: recordName(series), expr: growth(series) }] : [];
}

/** A gauge as an aggregator would show it: dead instances do not count. */
function presentGauge({ name, aggregate = "last" }: MetricDescription): RecordingRule {
  const gauge = series(name);
  const newest = "push_time_seconds == on (job) group_left () max by (job) (push_time_seconds)";
  const present = "push_time_seconds > time() - 600";
  return {
    record: `${name}:now`,
    expr:
      aggregate === "last"
        ? `max without (instance) (${gauge} and on (job, instance) (${newest}))`
        : `${aggregate} without (instance) (${gauge} and on (job, instance) (${present}))`,
  };
}
