import type { Alert } from "./alert.js";
import { series } from "./series.js";

const OWN = { job: "prometheus", instance: "127.0.0.1:9090" };
const RULES = { ...OWN, rule_group: "rules/direct.yml;prefreeze-growth" };

/** Alerts about Prometheus itself, which all other alerts need. */
export function prometheusAlerts(): Alert[] {
  return [
    {
      name: "RulesFail",
      severity: "critical",
      expr: "sum by (instance, rule_group) (increase(prometheus_rule_evaluation_failures_total[15m])) > 0",
      keepFiringFor: "10m",
      summary: "Prometheus cannot evaluate a rule",
      description:
        "Rules of the group {{ $labels.rule_group }} have failed in the last 15 minutes. Their records and alerts are missing.",
      fires: [
        {
          what: "two rules write the same record",
          series: { [series("prometheus_rule_evaluation_failures_total", RULES)]: "0x20 1+1x80" },
          at: ["10m"],
          labels: { instance: OWN.instance, rule_group: RULES.rule_group },
        },
      ],
      staysSilent: [
        {
          what: "no rule has failed",
          series: { [series("prometheus_rule_evaluation_failures_total", RULES)]: "0x100" },
          at: ["10m"],
        },
      ],
    },
    {
      name: "RulesMissed",
      severity: "warning",
      expr: "sum by (instance, rule_group) (increase(prometheus_rule_group_iterations_missed_total[15m])) > 0",
      keepFiringFor: "10m",
      summary: "Prometheus evaluates rules too late",
      description:
        "The group {{ $labels.rule_group }} was due while its rules were still being evaluated. A record of growth that was not written at its minute is missing from sums.",
      fires: [
        {
          what: "an evaluation is skipped",
          series: { [series("prometheus_rule_group_iterations_missed_total", RULES)]: "0x20 1x80" },
          at: ["10m"],
          labels: { instance: OWN.instance, rule_group: RULES.rule_group },
        },
      ],
      staysSilent: [
        {
          what: "none is skipped",
          series: { [series("prometheus_rule_group_iterations_missed_total", RULES)]: "3x100" },
          at: ["10m"],
        },
      ],
    },
    {
      name: "PrometheusConfigurationRefused",
      severity: "warning",
      expr: 'prometheus_config_last_reload_successful{job="prometheus"} == 0',
      for: "5m",
      summary: "Prometheus does not take its new configuration",
      description:
        "The last reload of {{ $labels.instance }} has failed, so it runs with an older configuration, and would not start with this one.",
      fires: [
        {
          what: "a reload has failed",
          series: { [series("prometheus_config_last_reload_successful", OWN)]: "1x20 0x80" },
          at: ["15m"],
          labels: OWN,
        },
      ],
      staysSilent: [
        {
          what: "the last reload has succeeded",
          series: { [series("prometheus_config_last_reload_successful", OWN)]: "1x100" },
          at: ["15m"],
        },
      ],
    },
    {
      name: "AlertsNotSent",
      severity: "critical",
      // Without an Alertmanager, Prometheus drops each alert: this one as well, which would never end.
      expr: [
        "sum by (instance) (increase(prometheus_notifications_dropped_total[15m])) > 0",
        "and on (instance) prometheus_notifications_alertmanagers_discovered > 0",
      ].join("\n"),
      summary: "Prometheus cannot send alerts",
      description:
        "{{ $labels.instance }} has given up sending alerts in the last 15 minutes. If this alert reaches you, another Alertmanager works.",
      fires: [
        {
          what: "an Alertmanager does not answer",
          series: {
            [series("prometheus_notifications_dropped_total", OWN)]: "0x20 2x80",
            [series("prometheus_notifications_alertmanagers_discovered", OWN)]: "1x100",
          },
          at: ["10m"],
          labels: { instance: OWN.instance },
        },
      ],
      staysSilent: [
        {
          what: "all are sent",
          series: {
            [series("prometheus_notifications_dropped_total", OWN)]: "2x100",
            [series("prometheus_notifications_alertmanagers_discovered", OWN)]: "1x100",
          },
          at: ["10m"],
        },
        {
          what: "there is no Alertmanager, as shipped",
          series: {
            [series("prometheus_notifications_dropped_total", OWN)]: "0x20 2+1x80",
            [series("prometheus_notifications_alertmanagers_discovered", OWN)]: "0x100",
          },
          at: ["10m"],
        },
      ],
    },
    {
      name: "SamplesRefused",
      severity: "warning",
      expr: [
        "sum by (instance) (increase(prometheus_target_scrapes_sample_duplicate_timestamp_total[15m]))",
        "+ sum by (instance) (increase(prometheus_target_scrapes_sample_out_of_order_total[15m]))",
        "+ sum by (instance) (increase(prometheus_target_scrapes_sample_out_of_bounds_total[15m]))",
        "> 0",
      ].join("\n"),
      keepFiringFor: "10m",
      summary: "Prometheus refuses scraped samples",
      description:
        "Two targets have the same series, or the clock of the machine was set. Samples of the last 15 minutes are missing.",
      fires: [
        {
          what: "two targets hold the same group",
          series: {
            [series("prometheus_target_scrapes_sample_duplicate_timestamp_total", OWN)]: "0+7x100",
            [series("prometheus_target_scrapes_sample_out_of_order_total", OWN)]: "0x100",
            [series("prometheus_target_scrapes_sample_out_of_bounds_total", OWN)]: "0x100",
          },
          at: ["10m"],
          labels: { instance: OWN.instance },
        },
      ],
      staysSilent: [
        {
          what: "all samples are taken",
          series: {
            [series("prometheus_target_scrapes_sample_duplicate_timestamp_total", OWN)]: "0x100",
            [series("prometheus_target_scrapes_sample_out_of_order_total", OWN)]: "0x100",
            [series("prometheus_target_scrapes_sample_out_of_bounds_total", OWN)]: "0x100",
          },
          at: ["10m"],
        },
      ],
    },
  ];
}
