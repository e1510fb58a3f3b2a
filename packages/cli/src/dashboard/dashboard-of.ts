import type { MetricDescription } from "../definitions/metric-description.js";
import type { Through } from "../definitions/through.js";
import type { Dashboard } from "./dashboard.js";
import { dashboardWith } from "./frame.js";
import { heatmap } from "./heatmap.js";
import type { Section } from "./layout.js";
import type { UnplacedPanel } from "./panel.js";
import { type Queries, queriesThrough } from "./queries.js";
import { timeSeries } from "./time-series.js";
import { uidOf } from "./uid.js";
import { unitOf } from "./unit.js";
import { dataSourceVariable, jobsVariable, platformVariable } from "./variables.js";

/** What the dashboard is called, and how it reads the metrics. */
export interface DashboardOptions {
  /** Its uid is made of it, so that a dashboard with the same title replaces the older one. */
  readonly title: string;
  /**
   * `aggregator`: functions push through one, and the panels need no rules. `none`: they push to a Pushgateway, and the
   * panels read the rules that `prefreeze rules` makes.
   */
  readonly through: Through;
}

/**
 * Makes a Grafana dashboard for metrics of one's own: counters as rates, histograms as percentiles and a heat map,
 * gauges as they combine.
 *
 * @returns plain JSON, which Grafana imports. It asks for the data source, so it fits every installation.
 */
export function dashboardOf(
  metrics: readonly MetricDescription[],
  { title, through }: DashboardOptions,
): Dashboard {
  const queries = queriesThrough[through];
  const sectionOf = (heading: string, types: readonly MetricDescription["type"][]): Section[] => {
    const ofType = metrics.filter(({ type }) => types.includes(type));
    if (ofType.length === 0) return [];
    return [
      {
        title: heading,
        panels: ofType.flatMap((metric) => panelsOf[metric.type](metric, queries)),
      },
    ];
  };
  return dashboardWith({
    uid: uidOf(title),
    title,
    description: "What the functions measure themselves.",
    variables: [dataSourceVariable, platformVariable, jobsVariable],
    sections: [
      ...sectionOf("Counters", ["counter"]),
      ...sectionOf("Histograms", ["histogram", "summary"]),
      ...sectionOf("Gauges", ["gauge"]),
    ],
  });
}

const OF_JOB = 'job=~"$job"';

function counterPanel(metric: MetricDescription, queries: Queries): UnplacedPanel {
  const { name, labelNames } = metric;
  const by = labelNames.length === 0 ? "" : `, by ${labelNames.join(", ")}`;
  return timeSeries({
    title: name,
    description: describe(metric, `Growth per second${by}.`),
    unit: unitOf(name) === "bytes" ? "binBps" : "ops",
    minStep: queries.minStep,
    lines: [
      { expr: queries.perSecond(name, OF_JOB, labelNames), legend: legendOf(metric) || name },
    ],
  });
}

function gaugePanel(metric: MetricDescription, queries: Queries): UnplacedPanel {
  const { name, labelNames, aggregate = "last" } = metric;
  return timeSeries({
    title: name,
    description: describe(
      metric,
      aggregate === "last"
        ? "The value of the newest push of each job."
        : `The ${aggregate} over the instances of each job that pushed within 10 minutes.`,
    ),
    unit: unitOf(name),
    lines: [
      {
        expr: queries.combined({ name, labelNames, aggregate }, OF_JOB),
        legend: `{{job}} ${legendOf(metric)}`.trim(),
      },
    ],
  });
}

function histogramPanels(metric: MetricDescription, queries: Queries): UnplacedPanel[] {
  const { name, labelNames } = metric;
  const { minStep } = queries;
  const unit = unitOf(name);
  const buckets = (by: readonly string[]) =>
    queries.perSecond(`${name}_bucket`, OF_JOB, [...by, "le"]);
  return [
    timeSeries({
      title: name,
      description: describe(
        metric,
        "Half, 95 of 100 and 99 of 100 observations are no larger. Between two bounds it is interpolated.",
      ),
      unit,
      minStep,
      lines: [0.5, 0.95, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, ${buckets(labelNames)})`,
        legend: `${legendOf(metric)} p${quantile * 100}`.trim(),
      })),
    }),
    heatmap({
      title: `${name}, spread over time`,
      description: describe(
        metric,
        "Each column is a moment, each cell a range of values; the darker, the more observations.",
      ),
      unit,
      minStep,
      expr: buckets([]),
    }),
  ];
}

function meanPanel(metric: MetricDescription, queries: Queries): UnplacedPanel {
  const { name, labelNames } = metric;
  return timeSeries({
    title: name,
    description: describe(metric, "The mean of the observations. A gap is a time without any."),
    unit: unitOf(name),
    minStep: queries.minStep,
    lines: [
      {
        expr: `(${queries.perSecond(`${name}_sum`, OF_JOB, labelNames)}) / (${queries.perSecond(`${name}_count`, OF_JOB, labelNames)})`,
        legend: legendOf(metric) || "mean",
      },
    ],
  });
}

function describe({ help }: MetricDescription, reading: string): string {
  return `${help}\n\n${reading}`;
}

function legendOf({ labelNames }: MetricDescription): string {
  return labelNames.map((label) => `{{${label}}}`).join(" ");
}

const panelsOf: Readonly<
  Record<
    MetricDescription["type"],
    (metric: MetricDescription, queries: Queries) => readonly UnplacedPanel[]
  >
> = {
  counter: (metric, queries) => [counterPanel(metric, queries)],
  gauge: (metric, queries) => [gaugePanel(metric, queries)],
  histogram: histogramPanels,
  summary: (metric, queries) => [meanPanel(metric, queries)],
};
