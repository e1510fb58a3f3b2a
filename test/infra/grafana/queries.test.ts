import { startAggregator } from "@prefreeze/aggregator";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Dashboard, QueryPanel } from "../../../packages/cli/src/dashboard/dashboard.js";
import { shippedDashboards } from "../../../packages/cli/src/dashboard/shipped-dashboards.js";
import type { MetricDescription } from "../../../packages/cli/src/definitions/metric-description.js";
import { rulesFor } from "../../../packages/cli/src/rules/definition-rules.js";
import type { Through } from "../../../packages/cli/src/definitions/through.js";
import { type Prometheus, startPrometheus } from "../../end-to-end/prometheus.js";
import { foundPrograms } from "../../pushgateway/programs.mjs";
import { startRealGateway } from "../../pushgateway/real.js";
import { ask, resolveVariables, type Values, type View } from "./ask.js";
import { runFleet, type Truth } from "./fleet.js";
import { fasterRules } from "./faster-rules.js";
import { scraping } from "./scraping.js";

/** How many times faster scrapes and rules are than the shipped ones. */
const SPEED = 15;
const JOBS = ["orders", "invoices.v1"];
const programs = await foundPrograms("prometheus");
/** The oldest and the newest. */
const compared = [...new Set([programs[0]!, programs.at(-1)!])];
const waiting = { timeout: 60_000, interval: 300 };
const stops: (() => Promise<unknown>)[] = [];

const METRICS: readonly MetricDescription[] = [
  { name: "orders_total", type: "counter", help: "Orders accepted.", labelNames: ["plan"] },
  {
    name: "backlog_messages",
    type: "gauge",
    help: "Messages waiting when last looked at.",
    labelNames: [],
  },
  {
    name: "open_connections",
    type: "gauge",
    help: "Connections that are open.",
    labelNames: [],
    aggregate: "sum",
  },
  {
    name: "charge_duration_seconds",
    type: "histogram",
    help: "Time to charge a card.",
    labelNames: ["plan"],
  },
];

/** What `prefreeze rules` makes for the functions' own metrics. */
function ownRules(through: Through) {
  return rulesFor(METRICS, { through, title: `own metrics, through ${through}` });
}

interface Run {
  readonly truth: ReadonlyMap<string, Truth>;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly prometheuses: ReadonlyMap<string, Prometheus>;
}
const runs = new Map<Through, Run>();

/** Functions of the same kind, through an aggregator and without one, each with a gateway of their own. */
beforeAll(async () => {
  const starts = (["aggregator", "none"] as const).map(
    async (through) => [through, await startRun(through)] as const,
  );
  for (const [through, run] of await Promise.all(starts)) runs.set(through, run);
}, 180_000);
afterAll(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startRun(through: Through): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), "grafana-"));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const gateway = await startRealGateway({ flags: ["--persistence.file="] });
  stops.push(() => gateway.stop());
  const aggregators: string[] = [];
  if (through === "aggregator") {
    const aggregator = await startAggregator({
      directory: join(folder, "state"),
      listen: { host: "127.0.0.1", port: 0 },
      pushgateway: gateway.url,
      pushIntervalMs: 100,
      scrapeIntervalMs: 1_000,
    });
    stops.push(() => aggregator.close());
    aggregators.push(aggregator.url);
  }
  const rules = await fasterRules(through, SPEED, folder, ownRules(through).rules);
  const prometheuses = new Map<string, Prometheus>();
  for (const { version, path: program } of compared) {
    const prometheus = await startPrometheus(gateway.url, {
      program,
      edit: scraping(aggregators, rules),
    });
    stops.push(() => prometheus.stop());
    prometheuses.set(version, prometheus);
    const up = async () => await prometheus.query("up == 1");
    await vi.waitFor(async () => expect(await up()).toHaveLength(1 + aggregators.length), waiting);
  }
  const startedMs = Date.now();
  const truth = await runFleet(aggregators[0] ?? gateway.url, JOBS);
  for (const prometheus of prometheuses.values())
    await untilAllIsThere(through, prometheus, sumOf(truth, invocationsOf));
  return { truth, startedMs, endedMs: Date.now(), prometheuses };
}

/** Resolves when all invocations are in Prometheus, and in the records of its rules; and some scrapes after that. */
async function untilAllIsThere(
  through: Through,
  prometheus: Prometheus,
  invocations: number,
): Promise<void> {
  const counters = ["faas_invocations", "faas_errors", "faas_timeouts"];
  const sum = counters.map((name) =>
    through === "none"
      ? `sum(sum_over_time(${name}:increase1m[10m]))`
      : `sum(min_over_time(${name}_total[4s]))`,
  );
  await vi.waitFor(
    async () =>
      expect(await prometheus.query(sum.join(" + "))).toEqual([{ labels: {}, value: invocations }]),
    waiting,
  );
  if (through === "none") return;
  // For so long that `increase` extrapolates by a few percent only.
  await vi.waitFor(async () => {
    const [scrapes] = await prometheus.query("min(count_over_time(faas_errors_total[10m]))");
    expect(scrapes?.value).toBeGreaterThan(30);
  }, waiting);
}

/** Which dashboards read which pushes. */
const read: readonly (readonly [Through, Dashboard])[] = [
  ...Object.entries(shippedDashboards()).map(
    ([name, dashboard]) =>
      [name.endsWith("-direct.json") ? "none" : "aggregator", dashboard] as const,
  ),
  ["aggregator", ownRules("aggregator").dashboard],
  ["none", ownRules("none").dashboard],
];

const queryPanels = ({ panels }: Dashboard) =>
  panels.filter((panel): panel is QueryPanel => panel.type !== "row");

/** A reader who looks at the whole run. */
function look(through: Through, version: string): View {
  const { prometheuses, startedMs, endedMs } = runs.get(through)!;
  return {
    url: prometheuses.get(version)!.url,
    fromMs: startedMs - 5_000,
    toMs: endedMs,
    scrapeIntervalMs: 1_000,
    speed: SPEED,
  };
}

function sumOf(truth: ReadonlyMap<string, Truth>, of: (each: Truth) => number): number {
  return Array.from(truth.values(), of).reduce((sum, each) => sum + each, 0);
}

describe.each(compared)("Prometheus $version", ({ version }) => {
  test.each(read.map(([through, dashboard]) => ({ through, dashboard, title: dashboard.title })))(
    "every query of '$title' returns data",
    async ({ through, dashboard }) => {
      const view = look(through, version);
      const { values, offered } = await resolveVariables(dashboard, view);
      for (const [name, options] of Object.entries(offered)) expect(options, name).not.toEqual([]);
      const empty: string[] = [];
      for (const { title, targets, repeat } of queryPanels(dashboard)) {
        const repeated = repeat === undefined ? [values] : eachOf(values, repeat);
        for (const each of repeated)
          for (const target of targets) {
            const series = await ask(target, each, view);
            if (!series.some((one) => one.values.some((value) => Number.isFinite(value))))
              empty.push(`${title}: ${target.expr}`);
          }
      }
      expect(empty).toEqual([]);
    },
    120_000,
  );

  test.each(["aggregator", "none"] as const)(
    "the overview shows what the functions did, through %s",
    async (through) => {
      const view = look(through, version);
      const { truth } = runs.get(through)!;
      const dashboard = shippedDashboards()[fileOf("overview", through)]!;
      const { values, offered } = await resolveVariables(dashboard, view);
      expect(offered).toEqual({
        platform: ["aws_lambda"],
        job: JOBS.toSorted(),
        trigger: ["other"],
      });
      const number = async (title: string) => {
        const panel = queryPanels(dashboard).find((each) => each.title === title)!;
        const series = await ask(panel.targets[0]!, values, view);
        expect(series, title).toHaveLength(1);
        return series[0]!.values[0];
      };
      const all = sumOf(truth, invocationsOf);
      const share = (of: (each: Truth) => number) => sumOf(truth, of) / all;
      const { about } = tolerance[through];
      expect(await number("Invocations")).toEqual(about(all));
      expect(await number("Error ratio")).toEqual(about(share(({ failed }) => failed)));
      expect(await number("Timeouts")).toEqual(about(share(({ timedOut }) => timedOut)));
      expect(await number("Cold starts")).toEqual(about(share(({ coldStarts }) => coldStarts)));
      // One in ten was slow or timed out.
      const p95 = await number("p95 duration");
      expect(p95).toBeGreaterThan(0.5);
      expect(p95).toBeLessThan(2.5);
      expect(await number("Live instances")).toBeGreaterThanOrEqual(JOBS.length);

      const table = queryPanels(dashboard).find(({ title }) => title === "Jobs")!;
      for (const [title, of] of [
        ["Invocations", (job) => invocationsOf(job)],
        ["Error ratio", (job) => job.failed / invocationsOf(job)],
        ["Timeouts", (job) => job.timedOut / invocationsOf(job)],
        ["Cold starts", (job) => job.coldStarts / invocationsOf(job)],
      ] as const satisfies [string, (job: Truth) => number][]) {
        const target = table.targets.find(
          ({ refId }) => renamed(table, `Value #${refId}`) === title,
        )!;
        const series = await ask(target, values, view);
        const shown = Object.fromEntries(
          series.map(({ labels, values }) => [labels["job"], values[0]]),
        );
        const expected = Array.from(truth, ([job, done]) => [job, about(of(done))]);
        expect(shown, title).toEqual(Object.fromEntries(expected));
      }
    },
    120_000,
  );

  test.each(["aggregator", "none"] as const)(
    "the dashboard of a function shows that function alone, through %s",
    async (through) => {
      const view = { ...look(through, version), chosen: { job: "invoices.v1" } };
      const truth = runs.get(through)!.truth.get("invoices.v1")!;
      const dashboard = shippedDashboards()[fileOf("function", through)]!;
      const { values, offered } = await resolveVariables(dashboard, view);
      expect(offered["gauge"]).toEqual(["backlog_messages", "open_connections"]);
      const seriesOf = async (title: string, of: Values = values) => {
        const panel = queryPanels(dashboard).findLast((each) => each.title === title)!;
        return (await Promise.all(panel.targets.map((target) => ask(target, of, view)))).flat();
      };
      const { about } = tolerance[through];
      expect(await seriesOf("Invocations")).toEqual([
        { labels: {}, values: [about(invocationsOf(truth))] },
      ]);
      expect(await seriesOf("Error ratio")).toEqual([
        { labels: {}, values: [about(truth.failed / invocationsOf(truth))] },
      ]);
      expect(await seriesOf("Errors per second, by type")).toEqual([
        { labels: { error_type: "TypeError" }, values: expect.anything() as unknown },
      ]);
      // The newest instance's, and the newest push's, although many instances have pushed.
      expect(await seriesOf("target_info")).toEqual([
        {
          labels: expect.objectContaining({
            job: "invoices.v1",
            faas_name: "invoices.v1",
            cloud_platform: "aws_lambda",
          }) as unknown,
          values: [1],
        },
      ]);
      const backlog = await seriesOf("$gauge", { ...values, gauge: "backlog_messages" });
      expect(new Set(backlog.flatMap((each) => each.values))).toEqual(new Set([7]));
      // Each value of the heat map is an observation of one of the buckets: none is below zero.
      const buckets = await seriesOf("Durations, spread over time");
      expect(buckets.flatMap((each) => each.values).filter((value) => value < 0)).toEqual([]);
      expect(buckets.length).toBeGreaterThan(10);
    },
    120_000,
  );
});

/** `increase` extrapolates; the records of rules do not. */
const tolerance = {
  aggregator: {
    about: (value: number): unknown =>
      expect.toSatisfy((shown: number) => shown >= 0.96 * value && shown <= 1.06 * value),
  },
  none: { about: (value: number): unknown => expect.closeTo(value, 9) },
};

function invocationsOf({ succeeded, failed, timedOut }: Truth): number {
  return succeeded + failed + timedOut;
}

function fileOf(name: string, through: Through): string {
  return through === "none" ? `${name}-direct.json` : `${name}.json`;
}

/** What a table calls a column. */
function renamed({ transformations = [] }: QueryPanel, column: string): string | undefined {
  const organize = transformations.find(({ id }) => id === "organize")!;
  return (organize.options["renameByName"] as Readonly<Record<string, string>>)[column];
}

/** The values, with one after another of those of a variable whose panel is repeated. */
function eachOf(values: Values, name: string): Values[] {
  const all = values[name]!;
  return (typeof all === "string" ? [all] : all).map((one) => ({ ...values, [name]: one }));
}
