import type { Dashboard } from "./dashboard.js";
import { dashboardWith } from "./frame.js";
import { type Line, thresholds } from "./panel.js";
import { stat } from "./stat.js";
import { timeSeries } from "./time-series.js";
import { dataSourceVariable, labelVariable } from "./variables.js";

const OF_AGGREGATOR = 'instance=~"$aggregator"';
const OF_GATEWAY = 'instance=~"$gateway"';

/** The aggregators, and the gateways behind them. */
export function machinesDashboard(): Dashboard {
  return dashboardWith({
    uid: "prefreeze-machines",
    title: "prefreeze / aggregator and gateway",
    description:
      "Whether the aggregators and Pushgateways are well, and how near they are to their limits.",
    variables: [
      dataSourceVariable,
      labelVariable({
        name: "aggregator",
        label: "Aggregator",
        description: "The address at which Prometheus scrapes an aggregator.",
        series: "prefreeze_aggregator_lives",
        of: "instance",
        choice: "several",
      }),
      labelVariable({
        name: "gateway",
        label: "Gateway",
        description: "The address at which Prometheus scrapes a Pushgateway.",
        series: "pushgateway_build_info",
        of: "instance",
        choice: "several",
      }),
    ],
    sections: [
      { title: "Aggregator", panels: aggregatorPanels() },
      { title: "Pushgateway", panels: gatewayPanels() },
    ],
  });
}

function aggregatorPanels() {
  const rate = (name: string, by: string, matchers = OF_AGGREGATOR) =>
    `sum by (${by}) (rate(${name}{${matchers}}[$__rate_interval]))`;
  const gauge = (name: string): Line[] => [
    { expr: `${name}{${OF_AGGREGATOR}}`, legend: "{{instance}}" },
  ];
  return [
    stat({
      title: "Aggregator up",
      alerts: ["AggregatorDown", "AggregatorNotScraped"],
      description:
        "1 if Prometheus could scrape it. 0: functions keep their totals, and push again later.",
      unit: "short",
      decimals: 0,
      thresholds: [
        { color: "red", value: null },
        { color: "green", value: 1 },
      ],
      expr: `min(up{${OF_AGGREGATOR}})`,
    }),
    stat({
      title: "Gateway answers it",
      alerts: ["AggregatorGatewayDown"],
      description:
        "1 if the Pushgateway behind it answers. 0: totals are kept, and pushed when it is back.",
      unit: "short",
      decimals: 0,
      thresholds: [
        { color: "red", value: null },
        { color: "green", value: 1 },
      ],
      expr: `min(prefreeze_aggregator_gateway_up{${OF_AGGREGATOR}})`,
    }),
    stat({
      title: "Lives",
      alerts: ["AggregatorLives", "AggregatorFull"],
      description:
        "Instances that it remembers: those that pushed within a day. `--max-lives` limits them, to 200,000 by default.",
      unit: "short",
      decimals: 0,
      thresholds: thresholds([100_000, "orange"], [160_000, "red"]),
      expr: `max(prefreeze_aggregator_lives{${OF_AGGREGATOR}})`,
    }),
    stat({
      title: "Metrics left out",
      alerts: ["AggregatorLeftOutMetrics"],
      description:
        "Zero is right. More: the gateway has other metrics of the same name, and refuses these. The aggregator's log names them.",
      unit: "short",
      decimals: 0,
      thresholds: thresholds([1, "red"]),
      expr: `sum(prefreeze_aggregator_left_out_families{${OF_AGGREGATOR}})`,
    }),
    stat({
      title: "Failed commits",
      alerts: ["AggregatorStateNotWritten"],
      description:
        "Zero is right. More: the state could not be written, mostly since the disk is full. Pushes were answered 503.",
      unit: "short",
      decimals: 0,
      thresholds: thresholds([0.5, "red"]),
      expr: `sum(increase(prefreeze_aggregator_commit_failures_total{${OF_AGGREGATOR}}[$__range]))`,
    }),
    stat({
      title: "Serving for",
      description: "Time since the aggregator that started last began to serve.",
      unit: "s",
      expr: `time() - max(prefreeze_aggregator_start_time_seconds{${OF_AGGREGATOR}})`,
    }),
    timeSeries({
      title: "Pushes of instances per second, by answer",
      alerts: ["AggregatorUnknownInstances", "AggregatorFull", "AggregatorRefusesPushes"],
      description:
        "*accepted*: added up and on disk. *older*: repeated or late, and changes nothing. *unknown_life*: an instance goes on under another id; many of them mean that state was lost, or that two aggregators share one address. *full*, *not_durable* and *refused* should be zero.",
      unit: "ops",
      stacked: true,
      lines: [{ expr: rate("prefreeze_aggregator_pushes_total", "answer"), legend: "{{answer}}" }],
    }),
    timeSeries({
      title: "Lives and groups",
      alerts: ["AggregatorLives", "AggregatorGroups"],
      description:
        "*Lives* are instances that pushed within a day, *groups* are totals: one for each job and its labels. There may be 10,000 groups.",
      unit: "short",
      lines: [
        { expr: `prefreeze_aggregator_lives{${OF_AGGREGATOR}}`, legend: "{{instance}} lives" },
        { expr: `prefreeze_aggregator_groups{${OF_AGGREGATOR}}`, legend: "{{instance}} groups" },
      ],
    }),
    timeSeries({
      title: "Time of a commit",
      alerts: ["AggregatorCommitsSlow"],
      description:
        "Time to bring what was pushed to disk. A push waits for it, so it is the least time of a push. If it grows, the disk is slow.",
      unit: "s",
      lines: [0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, ${rate("prefreeze_aggregator_commit_duration_seconds_bucket", "instance, le")})`,
        legend: `{{instance}} p${quantile * 100}`,
      })),
    }),
    timeSeries({
      title: "Pushes to the gateway per second",
      alerts: ["AggregatorPushesFail", "AggregatorPushesLate"],
      description:
        "A group that changes is pushed once a second at most, and every group every 15 seconds. The failed ones are repeated.",
      unit: "ops",
      lines: [
        {
          expr: rate("prefreeze_aggregator_gateway_pushes_total", "instance, result"),
          legend: "{{instance}} {{result}}",
        },
      ],
    }),
    timeSeries({
      title: "Memory",
      alerts: ["AggregatorMemory"],
      description:
        "Resident memory of the process. It grows with the lives: 100,000 take about 330 MB.",
      unit: "bytes",
      thresholds: thresholds([0.9 * 2 ** 30, "red"]),
      lines: gauge("prefreeze_aggregator_resident_memory_bytes"),
    }),
    timeSeries({
      title: "Processor",
      description:
        "Share of one processor. The process uses one; near 1, give functions several aggregators.",
      unit: "percentunit",
      thresholds: thresholds([0.8, "red"]),
      lines: [
        {
          expr: rate("prefreeze_aggregator_cpu_seconds_total", "instance"),
          legend: "{{instance}}",
        },
      ],
    }),
    timeSeries({
      title: "Series over the limit",
      alerts: ["AggregatorOverflow"],
      description:
        "Zero is right. More: jobs have more series than `--max-series`, and the rest adds up as `_overflow`. A push of such an instance takes much more time. The aggregator's log names the job.",
      unit: "short",
      thresholds: thresholds([1, "red"]),
      lines: gauge("prefreeze_aggregator_overflowed_series"),
    }),
    timeSeries({
      title: "Forgotten lives per second",
      description:
        "*silent*: a day without a push, as it should be. *no_room*: forgotten sooner, since there were more than `--max-lives`. Their values stay in the totals.",
      unit: "ops",
      lines: [
        {
          expr: rate("prefreeze_aggregator_forgotten_lives_total", "instance, reason"),
          legend: "{{instance}} {{reason}}",
        },
      ],
    }),
    timeSeries({
      title: "Requests that passed through per second",
      alerts: ["AggregatorPassThroughFails"],
      description:
        "Pushes and other requests that are none of prefreeze's: the aggregator hands them to the gateway.",
      unit: "ops",
      lines: [
        {
          expr: rate("prefreeze_aggregator_passed_through_total", "instance, result"),
          legend: "{{instance}} {{result}}",
        },
      ],
    }),
  ];
}

function gatewayPanels() {
  const rate = (name: string, by: string) =>
    `sum by (${by}) (rate(${name}{${OF_GATEWAY}}[$__rate_interval]))`;
  return [
    stat({
      title: "Gateway up",
      alerts: ["GatewayDown", "GatewayNotScraped", "GatewayMetricsFail"],
      description:
        "1 if Prometheus could scrape it. 0 while `/-/ready` answers: some group breaks the scrape.",
      unit: "short",
      decimals: 0,
      thresholds: [
        { color: "red", value: null },
        { color: "green", value: 1 },
      ],
      expr: `min(up{${OF_GATEWAY}})`,
    }),
    stat({
      title: "Groups",
      alerts: ["GatewayNearLimit", "GatewayOldGroups"],
      description:
        "Groups that the gateways hold, those of other clients included. Behind an aggregator it is one for each job; without one, one for each instance, until they are pruned.",
      unit: "short",
      decimals: 0,
      thresholds: thresholds([1_000, "orange"], [10_000, "red"]),
      expr: "count(push_time_seconds)",
    }),
    stat({
      title: "Refused pushes",
      alerts: ["GatewayRefusesPushes"],
      description:
        "Groups whose newest push was refused, as in conflict with another group. `prefreeze guard` finds the function.",
      unit: "short",
      decimals: 0,
      thresholds: thresholds([1, "red"]),
      noValue: "0",
      expr: "count(push_failure_time_seconds > push_time_seconds) or vector(0)",
    }),
    stat({
      title: "Time of a scrape",
      alerts: ["GatewayScrapeSlow"],
      description:
        "How long the newest scrape took. It must stay below `scrape_timeout`, which is 10 seconds.",
      unit: "s",
      thresholds: thresholds([2, "orange"], [7.5, "red"]),
      expr: `max(scrape_duration_seconds{${OF_GATEWAY}})`,
    }),
    stat({
      title: "Samples of a scrape",
      description: "Series that the gateways show.",
      unit: "short",
      decimals: 0,
      expr: `sum(scrape_samples_scraped{${OF_GATEWAY}})`,
    }),
    stat({
      title: "Since the last push",
      description: "Time since any group was pushed.",
      unit: "s",
      thresholds: thresholds([600, "orange"]),
      expr: "time() - max(push_time_seconds)",
    }),
    timeSeries({
      title: "Time of a scrape",
      alerts: ["GatewayScrapeSlow"],
      description:
        "It grows with the groups. Above 10 seconds, the scrape is given up, and there are gaps.",
      unit: "s",
      thresholds: thresholds([7.5, "red"]),
      lines: [{ expr: `scrape_duration_seconds{${OF_GATEWAY}}`, legend: "{{instance}}" }],
    }),
    timeSeries({
      title: "Groups, by job",
      alerts: ["GatewayOldGroups"],
      description:
        "The ten jobs with the most groups. If they grow without end, nothing deletes old groups.",
      unit: "short",
      stacked: true,
      lines: [{ expr: "topk(10, count by (job) (push_time_seconds))", legend: "{{job}}" }],
    }),
    timeSeries({
      title: "Pushes per second, by status",
      alerts: ["GatewayRefusesPushes"],
      description:
        "Requests to push or delete groups. 400: the push was refused, and its body or its conflict is in the log of who pushed it.",
      unit: "ops",
      lines: [
        {
          expr: `sum by (instance, method, code) (rate(pushgateway_http_requests_total{${OF_GATEWAY}, handler=~"push|delete"}[$__rate_interval]))`,
          legend: "{{instance}} {{method}} {{code}}",
        },
      ],
    }),
    timeSeries({
      title: "Time of a push",
      alerts: ["GatewayNearLimit"],
      description:
        "Mean time that the gateway took. With its consistency check on, it is a walk over all groups.",
      unit: "s",
      thresholds: thresholds([0.5, "red"]),
      lines: [
        {
          expr: `(${rate("pushgateway_http_push_duration_seconds_sum", "instance")}) / (${rate("pushgateway_http_push_duration_seconds_count", "instance")})`,
          legend: "{{instance}}",
        },
      ],
    }),
    timeSeries({
      title: "Pushes per second × groups",
      alerts: ["GatewayNearLimit"],
      description:
        "What the consistency check has to walk over. Above 20,000 to 40,000, pushes queue up: delete old groups, push less often, or use an aggregator.",
      unit: "short",
      thresholds: thresholds([20_000, "red"]),
      lines: [
        {
          expr: 'sum by (gateway) (rate(pushgateway_http_requests_total{handler="push"}[$__rate_interval])) * count by (gateway) (push_time_seconds)',
          legend: "{{gateway}}",
        },
      ],
    }),
    timeSeries({
      title: "Time since the last push, by job",
      description:
        "The ten jobs that were silent for longest. An aggregator pushes each job every 15 seconds, whether or not the function is called.",
      unit: "s",
      lines: [{ expr: "topk(10, time() - max by (job) (push_time_seconds))", legend: "{{job}}" }],
    }),
    timeSeries({
      title: "Memory",
      alerts: ["GatewayMemory"],
      description: "Resident memory of the process. Above 1 GiB, the shipped unit slows it down.",
      unit: "bytes",
      thresholds: thresholds([0.9 * 2 ** 30, "red"]),
      lines: [{ expr: `process_resident_memory_bytes{${OF_GATEWAY}}`, legend: "{{instance}}" }],
    }),
  ];
}
