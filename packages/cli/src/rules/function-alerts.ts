import type { Through } from "../definitions/through.js";
import type { Alert, Scenario } from "./alert.js";
import { endedByJob, increaseByJob } from "./increase.js";
import { quiet } from "./quiet.js";
import { series } from "./series.js";

/** A scheduled function of this job, called every minute, shows that what is pushed arrives. */
const CANARY = 'job="prefreeze-canary"';

/** Alerts about functions, by job. */
export function functionAlerts(through: Through): Alert[] {
  /** A series of an instance, as Prometheus scrapes it. */
  const counted = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
    series(name, {
      job: "orders",
      ...(through === "none" && { instance: "a" }),
      ...labels,
    });
  const http = { faas_trigger: "http" };
  /** The outcomes of a minute with 4 scrapes. */
  const outcomes = (succeeded: string, failed: string, timedOut: string) => ({
    [counted("faas_invocations_total", http)]: succeeded,
    [counted("faas_errors_total", http)]: "0x400",
    [counted("faas_errors_total", { ...http, error_type: "Error" })]: failed,
    [counted("faas_timeouts_total", http)]: timedOut,
  });
  const idle: Scenario = {
    what: "there is no series at all, or none of them grows",
    series: outcomes("7x400", "3x400", "2x400"),
    at: ["0m", "30m", "1h30m"],
  };
  const failures = '{result="failure"}';
  const flushFailures = increaseByJob(through, "prefreeze_flushes_total", "15m", failures);

  return [
    {
      name: "FunctionErrors",
      severity: "warning",
      expr: "job:faas_errors:ratio15m > 0.05\nand job:faas_errors:increase15m >= 3",
      for: "2m",
      keepFiringFor: "10m",
      summary: "{{ $labels.job }}: more than 5 % of invocations fail",
      description:
        "{{ $value | humanizePercentage }} of the invocations of {{ $labels.job }} in the last 15 minutes have failed. Timeouts are not among them.",
      fires: [
        {
          what: "one of ten invocations fails",
          series: outcomes("0+9x400", "0+1x400", "0x400"),
          at: ["20m", "1h"],
          labels: { job: "orders" },
          value: "10%",
        },
        {
          what: "all invocations fail from the first one on",
          series: outcomes("0x400", "0+1x400", "0x400"),
          at: ["20m"],
          labels: { job: "orders" },
          value: "100%",
        },
      ],
      staysSilent: [
        idle,
        {
          what: "two of a few invocations fail",
          series: outcomes("0+1x8 8x400", "0x4 1x4 2x400", "0x400"),
          at: ["5m", "15m", "20m"],
        },
        {
          what: "four of a hundred fail, and four of a hundred time out",
          series: outcomes("0+92x400", "0+4x400", "0+4x400"),
          at: ["20m", "1h"],
        },
      ],
    },
    {
      name: "FunctionFails",
      severity: "critical",
      expr: "job:faas_errors:ratio15m + job:faas_timeouts:ratio15m > 0.5\nand job:faas_all:increase15m >= 10",
      for: "2m",
      keepFiringFor: "10m",
      summary: "{{ $labels.job }}: most invocations fail or time out",
      description:
        "{{ $value | humanizePercentage }} of the invocations of {{ $labels.job }} in the last 15 minutes have failed or timed out.",
      fires: [
        {
          what: "two of four fail, and one times out",
          series: outcomes("0+1x400", "0+2x400", "0+1x400"),
          at: ["20m"],
          labels: { job: "orders" },
          value: "75%",
        },
      ],
      staysSilent: [
        idle,
        {
          what: "a third fails",
          series: outcomes("0+2x400", "0+1x400", "0x400"),
          at: ["20m", "1h"],
        },
        {
          what: "the only four invocations fail",
          series: outcomes("0x400", "0+1x4 4x400", "0x400"),
          at: ["5m", "15m"],
        },
      ],
    },
    {
      name: "FunctionTimeouts",
      severity: "warning",
      expr: "job:faas_timeouts:ratio15m > 0.01\nand job:faas_timeouts:increase15m >= 3",
      for: "2m",
      keepFiringFor: "10m",
      summary: "{{ $labels.job }}: the 99th percentile is over the function's own timeout",
      description:
        "{{ $value | humanizePercentage }} of the invocations of {{ $labels.job }} in the last 15 minutes have timed out. Above 1 %, the 99th percentile of the duration is what the platform allows.",
      fires: [
        {
          what: "one of fifty times out",
          series: outcomes("0+49x400", "0x400", "0+1x400"),
          at: ["20m", "1h"],
          labels: { job: "orders" },
          value: "2%",
        },
      ],
      staysSilent: [
        idle,
        {
          what: "one of two hundred times out",
          series: outcomes("0+199x400", "0x400", "0+1x400"),
          at: ["20m", "1h"],
        },
        {
          what: "two of ten invocations time out, and no more",
          series: outcomes("0+1x8 8x400", "0x400", "0x4 1x4 2x400"),
          at: ["5m", "15m"],
        },
      ],
    },
    {
      name: "FunctionNearTimeout",
      severity: "warning",
      expr: "job:faas_invoke_duration_seconds:p99_15m > on (job) 0.9 * job:faas_timeout_seconds\nand on (job) job:faas_all:increase15m >= 100",
      for: "5m",
      keepFiringFor: "10m",
      summary: "{{ $labels.job }}: the 99th percentile is within 10 % of the timeout",
      description:
        "1 % of the invocations of {{ $labels.job }} take {{ $value | humanizeDuration }} or longer. Its timeout is what the record job:faas_timeout_seconds says. The histogram's bounds around it limit how exact that is.",
      fires: [
        {
          what: "one of ten takes between 2.5 and 7.5 seconds, with a timeout of 7.5",
          series: {
            ...outcomes("0+20x400", "0x400", "0x400"),
            [counted("faas_invoke_duration_seconds_bucket", { ...http, le: "2.5" })]: "0+18x400",
            [counted("faas_invoke_duration_seconds_bucket", { ...http, le: "7.5" })]: "0+20x400",
            [counted("faas_invoke_duration_seconds_bucket", { ...http, le: "+Inf" })]: "0+20x400",
            [series("job:faas_timeout_seconds", { job: "orders" })]: "7.5x400",
          },
          at: ["30m"],
          labels: { job: "orders" },
          value: "7s",
        },
      ],
      staysSilent: [
        {
          what: "nobody has said what the timeout is",
          series: {
            ...outcomes("0+20x400", "0x400", "0x400"),
            [counted("faas_invoke_duration_seconds_bucket", { ...http, le: "+Inf" })]: "0+20x400",
          },
          at: ["30m"],
        },
        {
          what: "one of ten takes between 2.5 and 7.5 seconds, with a timeout of 30",
          series: {
            ...outcomes("0+20x400", "0x400", "0x400"),
            [counted("faas_invoke_duration_seconds_bucket", { ...http, le: "2.5" })]: "0+18x400",
            [counted("faas_invoke_duration_seconds_bucket", { ...http, le: "7.5" })]: "0+20x400",
            [counted("faas_invoke_duration_seconds_bucket", { ...http, le: "+Inf" })]: "0+20x400",
            [series("job:faas_timeout_seconds", { job: "orders" })]: "30x400",
          },
          at: ["30m"],
        },
        {
          what: "there is no traffic",
          series: {
            ...outcomes("7x400", "0x400", "0x400"),
            [counted("faas_invoke_duration_seconds_bucket", { ...http, le: "+Inf" })]: "7x400",
            [series("job:faas_timeout_seconds", { job: "orders" })]: "7.5x400",
          },
          at: ["30m", "1h30m"],
        },
      ],
    },
    {
      name: "FunctionColdStarts",
      severity: "info",
      expr: "job:faas_coldstarts:ratio1h > 0.2\nand on (job) job:faas_all:increase1h >= 200",
      for: "10m",
      keepFiringFor: "30m",
      summary: "{{ $labels.job }}: more than 20 % of invocations wait for a cold start",
      description:
        "{{ $value | humanizePercentage }} of the invocations of {{ $labels.job }} in the last hour waited for an environment to start.",
      fires: [
        {
          what: "one of four invocations is a cold start",
          series: {
            ...outcomes("0+4x400", "0x400", "0x400"),
            [counted("faas_coldstarts_total", http)]: "0+1x400",
          },
          at: ["1h20m"],
          labels: { job: "orders" },
          value: "25%",
        },
      ],
      staysSilent: [
        {
          what: "one of twenty is a cold start",
          series: {
            ...outcomes("0+20x400", "0x400", "0x400"),
            [counted("faas_coldstarts_total", http)]: "0+1x400",
          },
          at: ["20m", "1h20m"],
        },
        {
          what: "every invocation is a cold start, but there are few of them",
          series: {
            ...outcomes("0 1x19 2x19 3x19 4x400", "0x400", "0x400"),
            [counted("faas_coldstarts_total", http)]: "0 1x19 2x19 3x19 4x400",
          },
          at: ["20m", "1h20m"],
        },
      ],
    },
    {
      name: "FunctionQuiet",
      severity: "warning",
      expr: quiet(through, "job:faas_all:increase1h"),
      for: "15m",
      summary: "{{ $labels.job }}: no invocation for an hour",
      description:
        "{{ $labels.job }} had {{ $value | humanize }} invocations in the same hour a week ago, or yesterday if it is newer than a week. Now it has none.",
      fires: [
        {
          what: "calls stop at a time that was busy a week ago",
          series: { 'job:faas_all:increase1h{job="orders"}': "50x167 0x20" },
          interval: "1h",
          at: ["169h"],
          labels: { job: "orders" },
          value: "50",
        },
        {
          what: "it is new since yesterday, and its groups are gone",
          series: { 'job:faas_all:increase1h{job="orders"}': "50x24 _x20" },
          interval: "1h",
          at: ["26h"],
          labels: { job: "orders" },
          value: "50",
        },
        {
          what: "nothing comes on Monday, after a quiet weekend",
          series: { 'job:faas_all:increase1h{job="orders"}': "50x119 0x47 0x20" },
          interval: "1h",
          at: ["169h"],
          labels: { job: "orders" },
          value: "50",
        },
      ],
      staysSilent: [
        {
          what: "it is the weekend, as a week ago",
          series: {
            'job:faas_all:increase1h{job="orders"}': "50x23 0x47 50x119 0x30",
          },
          interval: "1h",
          at: ["193h", "200h"],
        },
        ...(through === "none"
          ? [
              {
                what: "it is the weekend, as a week ago, when no instance lived",
                series: {
                  'job:faas_all:increase1h{job="orders"}': "50x23 _x47 50x119 _x30",
                },
                interval: "1h",
                at: ["193h"],
              },
            ]
          : []),
        {
          what: "it was deployed a moment ago, or has little traffic",
          series: {
            'job:faas_all:increase1h{job="orders"}': "_x165 50x1 0x20",
            'job:faas_all:increase1h{job="reports"}': "3x167 0x20",
          },
          interval: "1h",
          at: ["169h"],
        },
        {
          what: "the gateway is down, which is another alert",
          series: {
            'job:faas_all:increase1h{job="orders"}': "50x167 _x20",
            'up{job="pushgateway",instance="127.0.0.1:9091",gateway="main"}': "1x167 0x20",
          },
          interval: "1h",
          at: ["169h"],
        },
      ],
    },
    {
      name: "CanarySilent",
      severity: "critical",
      expr: [
        `count by (job) (last_over_time(job:faas_all:increase15m{${CANARY}}[1w]))`,
        "unless",
        "(",
        `  ${endedByJob(through, "5m", `{${CANARY}}`).replaceAll("\n", "\n  ")}`,
        ") > 0",
      ].join("\n"),
      for: "3m",
      summary: "The canary does not arrive: pushes of other functions may not, either",
      description:
        "The scheduled function of the job {{ $labels.job }} runs every minute. Nothing of it has arrived for more than 5 minutes.",
      fires: [
        {
          what: "its totals stay as they are",
          series: {
            [counted("faas_invocations_total", { ...http, job: "prefreeze-canary" })]:
              "0 1x4 2x4 3x4 4x4 5x4 6x400",
            [counted("faas_errors_total", { ...http, job: "prefreeze-canary" })]: "0x400",
            [counted("faas_timeouts_total", { ...http, job: "prefreeze-canary" })]: "0x400",
          },
          at: ["25m"],
          labels: { job: "prefreeze-canary" },
        },
        {
          what: "its group is gone",
          series: {
            [counted("faas_invocations_total", { ...http, job: "prefreeze-canary" })]:
              "0 1x3 2x3 3x3 4x3 5x3 6x3 _x400",
            [counted("faas_errors_total", { ...http, job: "prefreeze-canary" })]: "0x20 _x400",
            [counted("faas_timeouts_total", { ...http, job: "prefreeze-canary" })]: "0x20 _x400",
          },
          at: ["25m", "1h"],
          labels: { job: "prefreeze-canary" },
        },
      ],
      staysSilent: [
        {
          what: "it fails, but what it counts arrives",
          series: {
            [counted("faas_invocations_total", { ...http, job: "prefreeze-canary" })]: "0x400",
            [counted("faas_errors_total", { ...http, job: "prefreeze-canary" })]: "0+1x400",
            [counted("faas_timeouts_total", { ...http, job: "prefreeze-canary" })]: "0x400",
          },
          at: ["2m", "25m", "1h"],
        },
        {
          what: "there is none",
          series: outcomes("0+1x10 10x400", "0x400", "0x400"),
          at: ["25m", "1h"],
        },
      ],
    },
    {
      name: "FunctionPushesFail",
      severity: "warning",
      expr: [
        flushFailures,
        `  / (${increaseByJob(through, "prefreeze_flushes_total", "15m")} > 0)`,
        "> 0.1",
        `and ${flushFailures} >= 3`,
      ].join("\n"),
      for: "5m",
      keepFiringFor: "10m",
      summary: "{{ $labels.job }}: more than 10 % of pushes fail",
      description:
        "{{ $value | humanizePercentage }} of the pushes of {{ $labels.job }} in the last 15 minutes have failed. Nothing is lost while its environments live: the next push carries it.",
      fires: [
        {
          what: "one of five pushes fails",
          series: {
            [counted("prefreeze_flushes_total", { result: "success" })]: "0+4x400",
            [counted("prefreeze_flushes_total", { result: "failure" })]: "0+1x400",
          },
          at: ["25m"],
          labels: { job: "orders" },
          value: "20%",
        },
      ],
      staysSilent: [
        {
          what: "the gateway restarts, and two pushes fail",
          series: {
            [counted("prefreeze_flushes_total", { result: "success" })]: "0+1x10 10x400",
            [counted("prefreeze_flushes_total", { result: "failure" })]: "0x10 2x400",
          },
          at: ["5m", "10m", "30m"],
        },
      ],
    },
    dropped(
      "FunctionSeriesDropped",
      "prefreeze_dropped_series_total",
      "recordings go to an overflow series",
      "In the last hour, recordings of {{ $labels.job }} went to a series whose labels are _overflow: a label has too many values, or too long ones.",
    ),
    dropped(
      "FunctionRecordingsDropped",
      "prefreeze_dropped_recordings_total",
      "recordings are dropped",
      "In the last hour, recordings of {{ $labels.job }} were dropped: a value or a label was wrong, or there was no room for the metric.",
    ),
    dropped(
      "FunctionConflicts",
      "prefreeze_conflicts_total",
      "a metric is left out of pushes",
      "{{ $labels.job }} defines a metric that another function defines with another type. The gateway takes one of them only, so the metric is left out.",
    ),
  ];

  function dropped(name: string, counter: string, what: string, description: string): Alert {
    return {
      name,
      severity: "warning",
      expr: `${increaseByJob(through, counter, "1h")} > 0`,
      summary: `{{ $labels.job }}: ${what}`,
      description,
      fires: [
        {
          what: "one is counted, a while after the start",
          series: { [counted(counter)]: "0x39 1x400" },
          at: ["30m", "1h"],
          labels: { job: "orders" },
        },
      ],
      staysSilent: [
        {
          what: "none is counted, or it is more than an hour ago",
          series: {
            [counted(counter)]: "0x39 1x400",
            [counted(counter, { job: "reports" })]: "0x400",
          },
          at: ["5m", "1h30m"],
        },
      ],
    };
  }
}
