import type { MetricDescription } from "../definitions/metric-description.js";
import { recordName } from "../definitions/record-name.js";
import type { Through } from "../definitions/through.js";
import { growsUsually } from "./definition-alerts.js";
import { HISTORIES } from "./growth-test.js";
import type { QueryTest, RecordTest } from "./rule-tests.js";
import { series } from "./series.js";

/** One test of all records of one's own metrics. */
export function definitionTests(
  metrics: readonly MetricDescription[],
  through: Through,
): RecordTest[] {
  const parts = metrics.map((metric) =>
    through === "none" ? directPart(metric) : aggregatedPart(metric),
  );
  const queries = parts.flatMap((part) => part.queries);
  if (queries.length === 0) return [];
  const scraped = parts.map((part) => part.series);
  const ofGroups = {
    'push_time_seconds{job="orders",instance="dead"}': "100x600",
    'push_time_seconds{job="orders",instance="older"}': "8300x600",
    'push_time_seconds{job="orders",instance="newest"}': "8390x600",
  };
  return [
    {
      what: "what is recorded of each metric",
      series: Object.assign(
        {},
        through === "none" ? ofGroups : {},
        ...scraped,
      ) as RecordTest["series"],
      queries,
    },
  ];
}

type Part = Pick<RecordTest, "series" | "queries">;

const AT = "2h20m";
const TRUTH = HISTORIES.reduce((sum, [, , truth]) => sum + truth, 0);

/** Each instance has a history of its own. */
function directPart({ name, type, labelNames, aggregate = "last" }: MetricDescription): Part {
  const labels = labelledAs("a", labelNames);
  if (type === "gauge") {
    const values = { dead: 5000, older: 3, newest: 4 };
    const now = { last: 4, sum: 7, max: 4, min: 3 }[aggregate];
    return {
      series: Object.fromEntries(
        Object.entries(values).map(([instance, value]) => [
          series(name, { job: "orders", instance, ...labels }),
          `${value}x600`,
        ]),
      ),
      queries: [{ expr: `max by (job) (${name}:now)`, at: AT, expected: ofJob(now) }],
    };
  }
  const counters =
    type === "counter"
      ? [name]
      : [`${name}_count`, ...(type === "histogram" ? [`${name}_bucket`] : [])];
  return {
    series: Object.fromEntries(
      counters.flatMap((counter) =>
        HISTORIES.map(([, values], i) => [
          series(counter, {
            job: "orders",
            instance: String(i),
            ...labels,
            ...(counter.endsWith("_bucket") && type === "histogram" && { le: "+Inf" }),
          }),
          values,
        ]),
      ),
    ),
    queries: counters.map((counter) => ({
      expr: `sum by (job) (sum_over_time(${recordName(counter)}[4h]))`,
      at: AT,
      expected: ofJob(TRUTH),
    })),
  };
}

/** Totals that an aggregator has added up. */
function aggregatedPart(metric: MetricDescription): Part {
  const { name, type, labelNames, buckets } = metric;
  const labels = labelledAs("a", labelNames);
  const values = "0+1x600";
  if (growsUsually(metric)) {
    const record = `job:${name.replace(/_total$/, "")}:increase1h`;
    return {
      series: { [series(name, { job: "orders", ...labels })]: values },
      queries: [{ expr: `round(${record})`, at: AT, expected: ofJob(240) }],
    };
  }
  const [bound] = buckets ?? [];
  if (type !== "histogram" || bound === undefined) return { series: {}, queries: [] };
  const bucket = (le: string): string => series(`${name}_bucket`, { job: "orders", ...labels, le });
  // All observations are over the last bound, so no bound is needed to tell the percentile.
  const last = buckets!.at(-1)!;
  const query: QueryTest = {
    expr: `max by (job) (job:${name}:p99_15m)`,
    at: AT,
    expected: ofJob(last),
  };
  return {
    series: { [bucket(String(last))]: "0x600", [bucket("+Inf")]: values },
    queries: [query],
  };
}

function ofJob(value: number): Readonly<Record<string, number>> {
  return { '{job="orders"}': value };
}

function labelledAs(
  value: string,
  labelNames: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(labelNames.map((label) => [label, value]));
}
