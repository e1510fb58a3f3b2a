import type { Alert } from "./alert.js";
import { CRASHES, mostlyDown } from "./mostly-down.js";
import { series } from "./series.js";

const OWN = { job: "aggregator", instance: "127.0.0.1:9092" };
const UP = series("up", OWN);
const GATEWAY_UP = series("up", {
  job: "pushgateway",
  instance: "127.0.0.1:9091",
  gateway: "main",
});
const own = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
  series(`prefreeze_aggregator_${name}`, { ...OWN, ...labels });
const ANSWERS = own("gateway_up");

/** Alerts about the aggregator. */
export function aggregatorAlerts(): Alert[] {
  return [
    {
      name: "AggregatorDown",
      severity: "critical",
      expr: mostlyDown("aggregator"),
      for: "2m",
      summary: "Prometheus cannot scrape the aggregator {{ $labels.instance }}",
      description:
        "It is down, crashes again and again, or refuses Prometheus' token. While it is down, environments keep their totals; what ends meanwhile is lost.",
      fires: [
        { what: "scrapes fail", series: { [UP]: "1x20 0x80" }, at: ["10m"], labels: OWN },
        { what: "it crashes again and again", series: { [UP]: CRASHES }, at: ["20m"], labels: OWN },
      ],
      staysSilent: [
        { what: "it restarts", series: { [UP]: "1x20 0x4 1x80" }, at: ["5m", "6m", "10m"] },
      ],
    },
    {
      name: "AggregatorNotScraped",
      severity: "critical",
      expr: 'absent(up{job="aggregator"})',
      for: "5m",
      summary: "Prometheus scrapes no aggregator",
      description:
        "There is no target of the scrape job aggregator, so no alert about aggregators can fire.",
      fires: [
        {
          what: "the scrape job is gone",
          series: { [UP]: "1x20 stale" },
          at: ["15m"],
          labels: { job: "aggregator" },
        },
      ],
      staysSilent: [
        { what: "the aggregator is down", series: { [UP]: "1x20 0x80" }, at: ["0m", "15m"] },
      ],
    },
    {
      name: "AggregatorGatewayDown",
      severity: "critical",
      expr: "prefreeze_aggregator_gateway_up == 0",
      for: "2m",
      summary: "The aggregator {{ $labels.instance }} does not reach its Pushgateway",
      description:
        "It keeps accepting pushes, and brings all groups when the gateway is back. Until then, dashboards stand still.",
      fires: [
        {
          what: "the gateway is away",
          series: { [ANSWERS]: "1x20 0x80" },
          at: ["10m"],
          labels: OWN,
        },
      ],
      staysSilent: [
        { what: "the gateway restarts", series: { [ANSWERS]: "1x20 0x4 1x80" }, at: ["6m", "10m"] },
        {
          what: "the aggregator has just started",
          series: { [ANSWERS]: "0x2 1x80" },
          at: ["0m", "5m"],
        },
      ],
    },
    {
      name: "GatewayMetricsFail",
      severity: "critical",
      expr: 'up{job="pushgateway"} == 0\nand on () prefreeze_aggregator_gateway_up == 1',
      for: "2m",
      summary: "The Pushgateway {{ $labels.gateway }} takes pushes, but cannot be scraped",
      description:
        "Some group probably breaks the exposition of {{ $labels.instance }}: /metrics answers 500 while /-/ready says 200. `prefreeze guard` finds it.",
      fires: [
        {
          what: "scrapes fail while the aggregator's pushes arrive",
          series: { [GATEWAY_UP]: "1x20 0x80", [ANSWERS]: "1x100" },
          at: ["10m"],
          labels: { job: "pushgateway", instance: "127.0.0.1:9091", gateway: "main" },
        },
      ],
      staysSilent: [
        {
          what: "the gateway is down",
          series: { [GATEWAY_UP]: "1x20 0x80", [ANSWERS]: "1x20 0x80" },
          at: ["10m"],
        },
        {
          what: "all is well",
          series: { [GATEWAY_UP]: "1x100", [ANSWERS]: "1x100" },
          at: ["10m"],
        },
      ],
    },
    {
      name: "AggregatorPushesLate",
      severity: "warning",
      expr: "time() - max by (gateway) (push_time_seconds) > 120\nand on () prefreeze_aggregator_gateway_up == 1\nand on () prefreeze_aggregator_groups > 0",
      for: "2m",
      summary: "No push has reached the Pushgateway {{ $labels.gateway }} for two minutes",
      description:
        "An aggregator pushes every group at least every 15 seconds. The newest push is {{ $value | humanizeDuration }} old: pushes of groups are refused, or the gateway's clock is behind Prometheus'.",
      fires: [
        {
          what: "the gateway's clock is five minutes behind",
          series: {
            'push_time_seconds{job="orders",gateway="main"}': "-300+15x100",
            [ANSWERS]: "1x100",
            [own("groups")]: "1x100",
          },
          at: ["10m"],
          labels: { gateway: "main" },
          value: "5m 0s",
        },
      ],
      staysSilent: [
        {
          what: "pushes come every 15 seconds",
          series: {
            'push_time_seconds{job="orders",gateway="main"}': "0+15x100",
            [ANSWERS]: "1x100",
            [own("groups")]: "1x100",
          },
          at: ["0m", "10m"],
        },
        {
          what: "there is no function yet, only an old group of another client",
          series: {
            'push_time_seconds{job="backup",gateway="main"}': "0x100",
            [ANSWERS]: "1x100",
            [own("groups")]: "0x100",
          },
          at: ["10m"],
        },
      ],
    },
    {
      name: "AggregatorPushesFail",
      severity: "warning",
      expr: [
        'sum by (instance) (increase(prefreeze_aggregator_gateway_pushes_total{result="failure"}[15m]))',
        "  / (sum by (instance) (increase(prefreeze_aggregator_gateway_pushes_total[15m])) > 0)",
        "> 0.1",
      ].join("\n"),
      for: "5m",
      keepFiringFor: "10m",
      summary: "More than 10 % of the aggregator's pushes to the Pushgateway fail",
      description:
        "{{ $value | humanizePercentage }} of the pushes of {{ $labels.instance }} to its gateway in the last 15 minutes have failed. Its log names the reason.",
      fires: [
        {
          what: "one of five fails",
          series: {
            [own("gateway_pushes_total", { result: "success" })]: "0+4x100",
            [own("gateway_pushes_total", { result: "failure" })]: "0+1x100",
          },
          at: ["20m"],
          labels: { instance: OWN.instance },
          value: "20%",
        },
      ],
      staysSilent: [
        {
          what: "one of fifty fails, or there are none",
          series: {
            [own("gateway_pushes_total", { result: "success" })]: "0+49x100",
            [own("gateway_pushes_total", { result: "failure" })]: "0+1x100",
            [own("gateway_pushes_total", { instance: "b", result: "success" })]: "0x100",
            [own("gateway_pushes_total", { instance: "b", result: "failure" })]: "0x100",
          },
          at: ["20m"],
        },
      ],
    },
    {
      name: "AggregatorStateNotWritten",
      severity: "critical",
      expr: "increase(prefreeze_aggregator_commit_failures_total[5m]) > 0",
      keepFiringFor: "10m",
      summary: "The aggregator {{ $labels.instance }} cannot write its state",
      description:
        "It answers pushes with 503, and environments keep their totals. The disk is full or broken; its log says which.",
      fires: [
        {
          what: "commits fail",
          series: { [own("commit_failures_total")]: "0x20 1+1x80" },
          at: ["10m"],
          labels: OWN,
        },
      ],
      staysSilent: [
        {
          what: "none has failed since it started",
          series: { [own("commit_failures_total")]: "0x40 _x4 0x80" },
          at: ["5m", "15m"],
        },
      ],
    },
    {
      name: "AggregatorCommitsSlow",
      severity: "warning",
      expr: "histogram_quantile(0.99, sum by (instance, le) (rate(prefreeze_aggregator_commit_duration_seconds_bucket[5m]))) > 0.5",
      for: "10m",
      summary: "The disk of the aggregator {{ $labels.instance }} is slow",
      description:
        "1 % of its commits take {{ $value | humanizeDuration }} or longer. Every push waits for a commit, and functions wait for the push.",
      fires: [
        {
          what: "half of the commits take between half a second and 2.5 seconds",
          series: {
            [own("commit_duration_seconds_bucket", { le: "0.5" })]: "0+5x100",
            [own("commit_duration_seconds_bucket", { le: "2.5" })]: "0+10x100",
            [own("commit_duration_seconds_bucket", { le: "+Inf" })]: "0+10x100",
          },
          at: ["20m"],
          labels: { instance: OWN.instance },
          value: "2.46s",
        },
      ],
      staysSilent: [
        {
          what: "commits are fast, or there are none",
          series: {
            [own("commit_duration_seconds_bucket", { le: "0.001" })]: "0+10x100",
            [own("commit_duration_seconds_bucket", { le: "+Inf" })]: "0+10x100",
            [own("commit_duration_seconds_bucket", { instance: "b", le: "+Inf" })]: "0x100",
          },
          at: ["20m"],
        },
      ],
    },
    {
      name: "AggregatorFull",
      severity: "critical",
      expr: 'sum by (instance) (increase(prefreeze_aggregator_pushes_total{answer="full"}[15m])) > 0',
      keepFiringFor: "10m",
      summary: "The aggregator {{ $labels.instance }} has no room for new instances",
      description:
        "It answers new instances with 503. All instances that it remembers have pushed within the hour, or there are 10,000 groups.",
      fires: [
        {
          what: "a new instance is refused",
          series: { [own("pushes_total", { answer: "full" })]: "0x20 3x80" },
          at: ["6m"],
          labels: { instance: OWN.instance },
        },
      ],
      staysSilent: [
        {
          what: "all is accepted",
          series: {
            [own("pushes_total", { answer: "full" })]: "0x100",
            [own("pushes_total", { answer: "accepted" })]: "0+9x100",
          },
          at: ["20m"],
        },
      ],
    },
    limit(
      "AggregatorLives",
      "lives",
      "prefreeze_aggregator_lives > 0.8 * 200000",
      "instances",
      "{{ $value | humanize }} instances are remembered, of 200,000 (--max-lives). Beyond it, those that are silent for longest are forgotten early, and then new ones are refused.",
      ["170000x100", "170k"],
      "100000x100",
    ),
    limit(
      "AggregatorGroups",
      "groups",
      "prefreeze_aggregator_groups > 8000",
      "groups",
      "There are {{ $value | humanize }} groups of totals, of 10,000. Beyond it, new jobs are refused.",
      ["9000x100", "9k"],
      "120x100",
    ),
    limit(
      "AggregatorMemory",
      "resident_memory_bytes",
      "prefreeze_aggregator_resident_memory_bytes > 0.9 * 1024 * 1024 * 1024",
      "memory",
      "It uses {{ $value | humanize1024 }}B. Above 1 GiB, MemoryHigh of its unit slows it down.",
      ["1073741824x100", "1Gi"],
      "343932928x100",
    ),
    {
      name: "AggregatorOverflow",
      severity: "warning",
      expr: "prefreeze_aggregator_overflowed_series > 0",
      for: "5m",
      summary: "A job has more series than the aggregator {{ $labels.instance }} keeps apart",
      description:
        "{{ $value | humanize }} series of instances are over --max-series of their job, and add up as _overflow. Each push of such an instance takes many times as long.",
      fires: [
        {
          what: "a label has too many values",
          series: { [own("overflowed_series")]: "0x20 4x80" },
          at: ["15m"],
          labels: OWN,
          value: "4",
        },
      ],
      staysSilent: [
        {
          what: "an instance with too many values ends at once, or there is none",
          series: { [own("overflowed_series")]: "0x20 4x8 0x80" },
          at: ["5m", "7m", "15m"],
        },
      ],
    },
    {
      name: "AggregatorLeftOutMetrics",
      severity: "warning",
      expr: "prefreeze_aggregator_left_out_families > 0",
      for: "5m",
      summary: "The Pushgateway refuses metrics of the aggregator {{ $labels.instance }}",
      description:
        "{{ $value | humanize }} metrics are left out of pushes, since the gateway has another metric of that name. The log of the aggregator names them.",
      fires: [
        {
          what: "two functions define one name with two types",
          series: { [own("left_out_families")]: "0x20 1x80" },
          at: ["15m"],
          labels: OWN,
          value: "1",
        },
      ],
      staysSilent: [
        {
          what: "the gateway takes all",
          series: { [own("left_out_families")]: "0x100" },
          at: ["15m"],
        },
      ],
    },
    {
      name: "AggregatorRefusesPushes",
      severity: "warning",
      expr: 'sum by (instance) (increase(prefreeze_aggregator_pushes_total{answer="refused"}[15m])) > 0',
      keepFiringFor: "10m",
      summary: "The aggregator {{ $labels.instance }} refuses pushes",
      description:
        "Pushes got 400, 413 or 415 in the last 15 minutes. A proxy may cut bodies off, or a function pushes protobuf, or is no writer of the protocol.",
      fires: [
        {
          what: "a push is refused",
          series: { [own("pushes_total", { answer: "refused" })]: "0x20 1x80" },
          at: ["8m"],
          labels: { instance: OWN.instance },
        },
      ],
      staysSilent: [
        {
          what: "pushes come twice, which changes nothing",
          series: {
            [own("pushes_total", { answer: "refused" })]: "2x100",
            [own("pushes_total", { answer: "older" })]: "0+3x100",
          },
          at: ["20m"],
        },
      ],
    },
    {
      name: "AggregatorUnknownInstances",
      severity: "warning",
      expr: [
        'sum by (instance) (increase(prefreeze_aggregator_pushes_total{answer="unknown_life"}[15m]))',
        "  / (sum by (instance) (increase(prefreeze_aggregator_pushes_total[15m])) > 0)",
        "> 0.05",
        'and sum by (instance) (increase(prefreeze_aggregator_pushes_total{answer="unknown_life"}[15m])) >= 10',
      ].join("\n"),
      for: "5m",
      keepFiringFor: "10m",
      summary: "Many instances are unknown to the aggregator {{ $labels.instance }}",
      description:
        "{{ $value | humanizePercentage }} of the pushes of the last 15 minutes got 410. Its state was lost, or several aggregators are behind one address.",
      fires: [
        {
          what: "a load balancer deals pushes out to two aggregators",
          series: {
            [own("pushes_total", { answer: "unknown_life" })]: "0+5x100",
            [own("pushes_total", { answer: "accepted" })]: "0+5x100",
          },
          at: ["25m"],
          labels: { instance: OWN.instance },
          value: "50%",
        },
      ],
      staysSilent: [
        {
          what: "now and then, an instance comes back after a day",
          series: {
            [own("pushes_total", { answer: "unknown_life" })]: "0x10 1x10 2x100",
            [own("pushes_total", { answer: "accepted" })]: "0+5x100",
          },
          at: ["10m", "25m"],
        },
      ],
    },
    {
      name: "AggregatorPassThroughFails",
      severity: "warning",
      expr: 'sum by (instance) (increase(prefreeze_aggregator_passed_through_total{result="failed"}[15m])) > 0',
      keepFiringFor: "10m",
      summary: "Pushes of other clients do not reach the Pushgateway",
      description:
        "{{ $labels.instance }} passes pushes that are not of prefreeze on as they are. In the last 15 minutes, the gateway has not answered some of them, and nobody keeps these.",
      fires: [
        {
          what: "the gateway does not answer one",
          series: { [own("passed_through_total", { result: "failed" })]: "0x20 1x80" },
          at: ["8m"],
          labels: { instance: OWN.instance },
        },
      ],
      staysSilent: [
        {
          what: "the gateway answers all, whatever it answers",
          series: {
            [own("passed_through_total", { result: "answered" })]: "0+1x100",
            [own("passed_through_total", { result: "failed" })]: "0x100",
          },
          at: ["8m"],
        },
      ],
    },
    {
      name: "AggregatorClockAhead",
      severity: "warning",
      expr: "prefreeze_aggregator_start_time_seconds - time() > 30",
      summary: "The clock of the aggregator {{ $labels.instance }} is ahead of Prometheus'",
      description:
        "It says that it starts in {{ $value | humanizeDuration }}. Its clock decides which instances are silent, and so which gauges it shows.",
      fires: [
        {
          what: "it started in what is the future here",
          series: { [own("start_time_seconds")]: "3600x100" },
          at: ["10m"],
          labels: OWN,
          value: "50m 0s",
        },
      ],
      staysSilent: [
        {
          what: "it started before, or a few seconds ahead",
          series: { [own("start_time_seconds")]: "10x100" },
          at: ["0m", "10m"],
        },
      ],
    },
  ];
}

/** An alert that one of its own gauges is near a limit. */
function limit(
  name: string,
  gauge: string,
  expr: string,
  what: string,
  description: string,
  [near, value]: readonly [values: string, written: string],
  far: string,
): Alert {
  return {
    name,
    severity: "warning",
    expr,
    for: "10m",
    summary: `The aggregator {{ $labels.instance }} is near its limit: ${what}`,
    description,
    fires: [
      { what: "it is near", series: { [own(gauge)]: near }, at: ["15m"], labels: OWN, value },
    ],
    staysSilent: [{ what: "it is far", series: { [own(gauge)]: far }, at: ["15m"] }],
  };
}
