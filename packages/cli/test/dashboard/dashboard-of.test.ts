import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { dashboardOf, type MetricDescription, writtenDashboard } from "prefreeze";
import fc from "fast-check";
import { expect, test } from "vitest";
import { foundPrograms } from "../../../../test/pushgateway/programs.mjs";
import { temporaryFolder } from "../command.js";

const counter: MetricDescription = {
  name: "orders_total",
  type: "counter",
  help: "Orders accepted.",
  labelNames: ["plan"],
};
const histogram: MetricDescription = {
  name: "charge_duration_seconds",
  type: "histogram",
  help: "Time to charge a card.",
  labelNames: [],
};
const gauge: MetricDescription = {
  name: "cache_bytes",
  type: "gauge",
  help: "Bytes in the cache.",
  labelNames: ["cache"],
  aggregate: "max",
};
const summary: MetricDescription = {
  name: "parse_duration_seconds",
  type: "summary",
  help: "Time to parse.",
  labelNames: [],
};

/** What each panel is called, in which unit, and what it asks. */
function panelsOf(metrics: readonly MetricDescription[], through: "aggregator" | "none") {
  return dashboardOf(metrics, { title: "Shop", through }).panels.map((panel) =>
    panel.type === "row"
      ? panel.title
      : {
          [panel.title]: panel.fieldConfig.defaults.unit ?? panel.options["yAxis"],
          asks: panel.targets.map(({ expr }) => expr),
        },
  );
}

test("counters are rates by their labels, histograms percentiles and a heat map, gauges as they combine", () => {
  expect(panelsOf([gauge, counter, histogram, summary], "aggregator")).toEqual([
    "Counters",
    {
      orders_total: "ops",
      asks: ['sum by (plan) (rate(orders_total{job=~"$job"}[$__rate_interval]))'],
    },
    "Histograms",
    {
      charge_duration_seconds: "s",
      asks: [0.5, 0.95, 0.99].map(
        (quantile) =>
          `histogram_quantile(${quantile}, sum by (le) (rate(charge_duration_seconds_bucket{job=~"$job"}[$__rate_interval])))`,
      ),
    },
    {
      "charge_duration_seconds, spread over time": {
        unit: "s",
        axisPlacement: "left",
        reverse: false,
      },
      asks: ['sum by (le) (rate(charge_duration_seconds_bucket{job=~"$job"}[$__rate_interval]))'],
    },
    {
      parse_duration_seconds: "s",
      asks: [
        '(sum (rate(parse_duration_seconds_sum{job=~"$job"}[$__rate_interval]))) / (sum (rate(parse_duration_seconds_count{job=~"$job"}[$__rate_interval])))',
      ],
    },
    "Gauges",
    { cache_bytes: "bytes", asks: ['max by (job, cache) (cache_bytes{job=~"$job"})'] },
  ]);
});

test("without an aggregator, the panels read the records of the rules", () => {
  expect(panelsOf([counter, gauge], "none")).toEqual([
    "Counters",
    {
      orders_total: "ops",
      asks: [
        'sum by (plan) (sum_over_time(orders:increase1m{job=~"$job"}[$__rate_interval])) / ($__rate_interval_ms / 1000)',
      ],
    },
    "Gauges",
    { cache_bytes: "bytes", asks: ['cache_bytes:now{job=~"$job"}'] },
  ]);
});

/** What PromQL has other meanings for. */
const WORDS =
  "inf NaN and or unless atan2 sum avg count min max group stddev stdvar topk bottomk count_values quantile offset by without on ignoring group_left group_right bool start end".split(
    " ",
  );

test("every Prometheus reads the queries, also of metrics and labels that are called like words of PromQL", async () => {
  const metrics = WORDS.flatMap((name): MetricDescription[] => [
    { ...gauge, name, labelNames: WORDS },
    { ...gauge, name, labelNames: WORDS, aggregate: "last" },
    { ...histogram, name, labelNames: WORDS },
    { ...counter, name: `${name}_total`, labelNames: WORDS },
    { ...summary, name, labelNames: [name] },
  ]);
  const queries = (["aggregator", "none"] as const).flatMap((through) =>
    dashboardOf(metrics, { title: "Shop", through }).panels.flatMap((panel) =>
      panel.type === "row" ? [] : panel.targets.map(({ expr }) => expr),
    ),
  );
  const rules = queries.map((query, index) => ({
    record: `query_${index}`,
    // As Grafana replaces them.
    expr: query
      .replaceAll("$__rate_interval_ms", "60000")
      .replaceAll("$__rate_interval", "1m")
      .replaceAll("$job", ".+"),
  }));
  expect(rules.length).toBeGreaterThan(WORDS.length * 10);
  const file = join(await temporaryFolder(), "queries.yml");
  await writeFile(file, JSON.stringify({ groups: [{ name: "queries", rules }] }));
  for (const { path } of await foundPrograms("promtool")) {
    const { stdout } = await promisify(execFile)(path, ["check", "rules", file]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  }
});

test("any title makes a uid that Grafana takes, the same one each time, and another one for another title", () => {
  const uidOf = (title: string) => dashboardOf([counter], { title, through: "aggregator" }).uid;
  const titles = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("", "__proto__", "Ä", "Ö"),
  );
  fc.assert(
    fc.property(titles, titles, (one, other) => {
      expect(uidOf(one)).toMatch(/^[a-z0-9-]{8,40}$/);
      expect(uidOf(one) === uidOf(other)).toBe(one === other);
    }),
  );
});

test("a dashboard is plain JSON", () => {
  const dashboard = dashboardOf([counter, gauge], { title: "Shop", through: "none" });
  expect(JSON.parse(writtenDashboard(dashboard))).toEqual(dashboard);
});
