import type { MetricDescription } from "../definitions/metric-description.js";
import type { Through } from "../definitions/through.js";
import type { Alert } from "./alert.js";
import { increaseByJob } from "./increase.js";
import { quiet } from "./quiet.js";
import { series } from "./series.js";

/** Silence of these is good news. */
const BAD_NEWS =
  /(^|_)(abort|cancel|conflict|crash|declin|den(y|ie)|drop|error|exceed|exception|expire|fail|fallback|invalid|lost|miss|panic|reject|refuse|retr(y|ie)|throttl|timeout|unavailab|warn)/i;

/** Whether a counter grows if all is well. */
export function growsUsually({ name, type }: MetricDescription): boolean {
  return type === "counter" && !BAD_NEWS.test(name);
}

/** The alerts that make sense for any metric: nobody knows which value of it is wrong. */
export function definitionAlerts(metric: MetricDescription, through: Through): Alert[] {
  return [
    ...(growsUsually(metric) ? [quietAlert(metric, through)] : []),
    ...(metric.labelNames.length > 0 && metric.type !== "gauge"
      ? [overflowAlert(metric, through)]
      : []),
  ];
}

function quietAlert({ name }: MetricDescription, through: Through): Alert {
  const record = `job:${name.replace(/_total$/, "")}:increase1h`;
  const ofJob = series(record, { job: "orders" });
  const interval = "1h";
  return {
    name: "MetricQuiet",
    severity: "warning",
    labels: { metric: name },
    expr: `${quiet(through, record)}\nunless on (job) job:faas_all:increase1h == 0`,
    for: "15m",
    summary: `{{ $labels.job }}: ${name} has not grown for an hour`,
    description: `It grew by {{ $value | humanize }} in the same hour a week ago, or yesterday if it is newer than a week. The functions of {{ $labels.job }} do run.`,
    fires: [
      {
        what: "a metric stands still at a time that was busy yesterday",
        series: { [ofJob]: "50x24 0x10" },
        interval,
        at: ["26h"],
        labels: { job: "orders" },
        value: "50",
      },
    ],
    staysSilent: [
      {
        what: "a metric grows, or is new",
        series: { [ofJob]: "50x40", [series(record, { job: "reports" })]: "_x22 50x1 0x10" },
        interval,
        at: ["26h"],
      },
      {
        what: "the function is not called, which is another alert",
        series: {
          [ofJob]: "50x24 0x10",
          [series("job:faas_all:increase1h", { job: "orders" })]: "90x24 0x10",
        },
        interval,
        at: ["26h"],
      },
    ],
  };
}

function overflowAlert({ name, type, labelNames }: MetricDescription, through: Through): Alert {
  const counter = type === "counter" ? name : `${name}_count`;
  const labelled = (value: string): Readonly<Record<string, string>> =>
    Object.fromEntries(labelNames.map((label) => [label, value]));
  const ofInstance = (value: string): string =>
    series(counter, {
      job: "orders",
      ...(through === "none" && { instance: "a" }),
      ...labelled(value),
    });
  const overflow = series("", labelled("_overflow"));
  return {
    name: "MetricOverflow",
    severity: "warning",
    labels: { metric: name },
    expr: `${increaseByJob(through, counter, "1h", overflow)} > 0`,
    summary: `{{ $labels.job }}: a label of ${name} has too many values`,
    description: `What its new values would count adds up in the series of ${name} whose labels are all _overflow.`,
    fires: [
      {
        what: "a recording goes to the overflow series",
        series: { [ofInstance("_overflow")]: "0x39 5x200" },
        at: ["30m"],
        labels: { job: "orders" },
      },
    ],
    staysSilent: [
      {
        what: "recordings have had series of their own for an hour",
        series: { [ofInstance("a")]: "0+1x400", [ofInstance("_overflow")]: "5x400" },
        at: ["1h30m"],
      },
    ],
  };
}
