import type { Alert } from "./alert.js";
import { CRASHES, mostlyDown } from "./mostly-down.js";
import { series } from "./series.js";

const OWN = { job: "pushgateway", instance: "127.0.0.1:9091", gateway: "main" };
const GROUP = { job: "orders", instance: "a", gateway: "main" };
const LABELS = { job: "pushgateway", instance: "127.0.0.1:9091", gateway: "main" };
const UP = series("up", OWN);
const MEMORY = series("process_resident_memory_bytes", OWN);
const SCRAPE = series("scrape_duration_seconds", OWN);
const PUSH_SECONDS = series("pushgateway_http_push_duration_seconds_sum", {
  ...OWN,
  method: "put",
});

/** So many groups that are pushed. */
function groups(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      series("push_time_seconds", { ...GROUP, instance: String(i) }),
      "0+15x200",
    ]),
  );
}

/** Alerts about the Pushgateway, with and without an aggregator. */
export function gatewayAlerts(): Alert[] {
  return [
    {
      name: "GatewayDown",
      severity: "critical",
      expr: mostlyDown("pushgateway"),
      for: "2m",
      summary: "Prometheus cannot scrape the Pushgateway {{ $labels.gateway }}",
      description:
        "{{ $labels.instance }} does not answer /metrics, answers with an error, or does either again and again. It may be down, or some group breaks its exposition while /-/ready still says 200.",
      fires: [
        { what: "scrapes fail", series: { [UP]: "1x20 0x80" }, at: ["10m"], labels: LABELS },
        {
          what: "it crashes again and again",
          series: { [UP]: CRASHES },
          at: ["20m"],
          labels: LABELS,
        },
      ],
      staysSilent: [
        {
          what: "some scrapes fail, as in a restart",
          series: { [UP]: "1x20 0x4 1x40 0x4 1x40" },
          at: ["5m", "6m", "7m", "17m"],
        },
        {
          what: "it starts after Prometheus",
          series: { [UP]: "0x4 1x80" },
          at: ["2m", "3m", "10m"],
        },
        {
          what: "another target is down",
          series: { 'up{job="node",instance="127.0.0.1:9100"}': "0x80" },
          at: ["10m"],
        },
      ],
    },
    {
      name: "GatewayNotScraped",
      severity: "critical",
      expr: 'absent(up{job="pushgateway"})',
      for: "5m",
      summary: "Prometheus scrapes no Pushgateway",
      description:
        "There is no target of the scrape job pushgateway, so no alert about functions can fire.",
      fires: [
        {
          what: "the scrape job is gone",
          series: { [UP]: "1x20 stale" },
          at: ["15m"],
          labels: { job: "pushgateway" },
        },
      ],
      staysSilent: [
        { what: "the gateway is down", series: { [UP]: "1x20 0x80" }, at: ["0m", "15m"] },
        { what: "Prometheus has just started", series: { [UP]: "_x8 1x80" }, at: ["0m", "2m"] },
      ],
    },
    {
      name: "GatewayRefusesPushes",
      severity: "warning",
      expr: "max by (job, gateway) (push_failure_time_seconds) > time() - 900",
      summary: "The Pushgateway refuses pushes of {{ $labels.job }}",
      description:
        "In the last 15 minutes, the Pushgateway {{ $labels.gateway }} has refused a push to a group of {{ $labels.job }}: it is malformed, or conflicts with other groups.",
      fires: [
        {
          what: "a push was refused five minutes ago",
          series: { [series("push_failure_time_seconds", GROUP)]: "0x39 600x400" },
          at: ["11m", "20m"],
          labels: { job: "orders", gateway: "main" },
        },
      ],
      staysSilent: [
        {
          what: "it was longer ago, or never",
          series: {
            [series("push_failure_time_seconds", GROUP)]: "0x39 600x400",
            [series("push_failure_time_seconds", { ...GROUP, job: "reports" })]: "0x400",
          },
          at: ["26m", "1h"],
        },
      ],
    },
    {
      name: "GatewayNearLimit",
      severity: "warning",
      // Time that pushes take in each second: those that wait for another one count, too. A few groups are never the
      // reason, but a client that sends slowly.
      expr: "sum by (gateway) (rate(pushgateway_http_push_duration_seconds_sum[5m])) > 0.7\nand count by (gateway) (push_time_seconds) > 50",
      for: "10m",
      keepFiringFor: "15m",
      summary: "The Pushgateway {{ $labels.gateway }} is near its limit",
      description:
        "On average, {{ $value | humanize }} pushes are under way. With its consistency check, the Pushgateway takes one after another, and walks over all groups for each.",
      fires: [
        {
          what: "pushes take 0.8 seconds of each second",
          series: { [PUSH_SECONDS]: "0+12x200", ...groups(51) },
          at: ["30m"],
          labels: { gateway: "main" },
          value: "800m",
        },
      ],
      staysSilent: [
        {
          what: "pushes take half of the time",
          series: { [PUSH_SECONDS]: "0+7.5x200", ...groups(51) },
          at: ["30m"],
        },
        {
          what: "there are few groups, and clients that send slowly",
          series: { [PUSH_SECONDS]: "0+60x200", ...groups(50) },
          at: ["30m"],
        },
        { what: "nobody pushes", series: { [UP]: "1x200", [PUSH_SECONDS]: "9x200" }, at: ["30m"] },
      ],
    },
    {
      name: "GatewayScrapeSlow",
      severity: "warning",
      expr: 'scrape_duration_seconds{job="pushgateway"} > 7.5',
      for: "5m",
      summary: "Scrapes of the Pushgateway {{ $labels.gateway }} take nearly as long as they may",
      description:
        "A scrape of {{ $labels.instance }} takes {{ $value | humanizeDuration }}. After 10 s, scrape_timeout ends it, and everything is missing.",
      fires: [
        {
          what: "each scrape takes 8 seconds",
          series: { [SCRAPE]: "8x80" },
          at: ["10m"],
          labels: LABELS,
          value: "8s",
        },
      ],
      staysSilent: [
        { what: "one scrape takes long", series: { [SCRAPE]: "0.1x20 9 0.1x80" }, at: ["5m15s"] },
      ],
    },
    {
      name: "GatewayMemory",
      severity: "warning",
      expr: 'process_resident_memory_bytes{job="pushgateway"} > 0.9 * 1024 * 1024 * 1024',
      for: "10m",
      summary: "The Pushgateway {{ $labels.gateway }} is near its memory limit",
      description:
        "{{ $labels.instance }} uses {{ $value | humanize1024 }}B of memory. Above 1 GiB, MemoryHigh of its unit slows it down.",
      fires: [
        {
          what: "it uses 1 GiB",
          series: { [MEMORY]: "1073741824x80" },
          at: ["15m"],
          labels: LABELS,
          value: "1Gi",
        },
      ],
      staysSilent: [
        {
          what: "it uses half of that, and a function that counts its own memory uses more",
          series: {
            [MEMORY]: "536870912x80",
            [series("process_resident_memory_bytes", GROUP)]: "4294967296x80",
          },
          at: ["15m"],
        },
      ],
    },
    {
      name: "GatewayOldGroups",
      severity: "warning",
      expr: "count by (gateway) (\n  time() - push_time_seconds > 7200\n  and on (job, instance, gateway) prefreeze_snapshot_sequence\n) > 100",
      for: "15m",
      summary: "Nobody deletes old groups of the Pushgateway {{ $labels.gateway }}",
      description:
        "{{ $value | humanize }} groups of instances have had no push for two hours. They slow pushes and scrapes down.",
      fires: [
        {
          what: "a hundred and one environments are gone",
          series: Object.fromEntries(
            Array.from({ length: 101 }, (_, i) => ({ ...GROUP, instance: String(i) })).flatMap(
              (group) => [
                [series("push_time_seconds", group), "0x600"],
                [series("prefreeze_snapshot_sequence", group), "1x600"],
              ],
            ),
          ),
          at: ["2h20m"],
          labels: { gateway: "main" },
          value: "101",
        },
      ],
      staysSilent: [
        {
          what: "a hundred and one groups of other programs are old, and those of instances are not",
          series: {
            ...Object.fromEntries(
              Array.from({ length: 101 }, (_, i) => [
                series("push_time_seconds", {
                  job: "backup",
                  instance: String(i),
                  gateway: "main",
                }),
                "0x600",
              ]),
            ),
            [series("push_time_seconds", GROUP)]: "0+15x600",
            [series("prefreeze_snapshot_sequence", GROUP)]: "0+1x600",
          },
          at: ["2h20m"],
        },
      ],
    },
    {
      name: "GatewayClockAhead",
      severity: "warning",
      expr: "max by (gateway) (push_time_seconds) - time() > 30",
      for: "2m",
      summary: "The clock of the Pushgateway {{ $labels.gateway }} is ahead of Prometheus'",
      description:
        "Its newest push is {{ $value | humanizeDuration }} in the future. Rules that compare push_time_seconds with the time are wrong by that.",
      fires: [
        {
          what: "pushes come from two minutes ahead",
          series: { [series("push_time_seconds", GROUP)]: "120+15x80" },
          at: ["10m"],
          labels: { gateway: "main" },
          value: "2m 0s",
        },
      ],
      staysSilent: [
        {
          what: "clocks agree to a few seconds",
          series: { [series("push_time_seconds", GROUP)]: "3+15x80" },
          at: ["0m", "10m"],
        },
      ],
    },
  ];
}
