import { startAggregator } from "@prefreeze/aggregator";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import type { QueryPanel } from "../../../packages/cli/src/dashboard/dashboard.js";
import { shippedDashboards } from "../../../packages/cli/src/dashboard/shipped-dashboards.js";
import type { Through } from "../../../packages/cli/src/definitions/through.js";
import { type Prometheus, startPrometheus } from "../../end-to-end/prometheus.js";
import { startRealGateway } from "../../pushgateway/real.js";
import { ask, resolveVariables } from "../grafana/ask.js";
import { fasterRules } from "../grafana/faster-rules.js";
import { runFleet, type Truth } from "../grafana/fleet.js";
import { scraping } from "../grafana/scraping.js";
import { startUnit, type Unit } from "./start-unit.js";

const SPEED = 15;
const JOBS = ["orders", "invoices.v1"];
const waiting = { timeout: 60_000, interval: 300 };
const stops: (() => Promise<unknown>)[] = [];
// Each program that runs is killed if this process ends.
process.setMaxListeners(40);
const remoteWrite = fileURLToPath(
  new URL("../../../infra/victoria-metrics/remote-write.yml", import.meta.url),
);

interface Run {
  readonly truth: ReadonlyMap<string, Truth>;
  readonly startedMs: number;
  /** What Prometheus sends by remote write. */
  readonly written: Unit;
  /** What vmagent scrapes, with the rules that vmalert evaluates. */
  readonly scraped: Unit;
}
const runs = new Map<Through, Run>();

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
  const folder = await mkdtemp(join(tmpdir(), "victoria-metrics-"));
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
  const rules = await fasterRules(through, SPEED, folder);
  const startStore = async (name: string) => {
    const store = await startUnit("victoria-metrics", {
      storageDataPath: join(folder, name),
      // By default, a query leaves out the newest 30 s; all here is 15 times as fast.
      "test.search.latencyOffset": "1s",
      "test.memory.allowedBytes": "64MB",
    });
    stops.push(() => store.stop());
    return store;
  };
  const [written, scraped] = await Promise.all([startStore("written"), startStore("scraped")]);

  // Prometheus scrapes, evaluates the rules, and sends all of it on.
  const shipped = await readFile(remoteWrite, "utf8");
  expect(shipped).toContain("http://127.0.0.1:8428/");
  let configuration = "";
  const prometheus: Prometheus = await startPrometheus(gateway.url, {
    edit: (text) => {
      configuration = scraping(aggregators, rules)(text);
      const sending = parse(shipped.replace("http://127.0.0.1:8428", written.url)) as object;
      return stringify({ ...(parse(configuration) as object), ...sending });
    },
  });
  stops.push(() => prometheus.stop());

  // vmagent reads the same configuration, and vmalert the same rules.
  const file = join(folder, "prometheus.yml");
  await writeFile(file, configuration);
  const agent = await startUnit("vmagent", {
    "promscrape.config": file,
    "remoteWrite.url": `${scraped.url}/api/v1/write`,
    "remoteWrite.tmpDataPath": join(folder, "vmagent"),
    "test.remoteWrite.flushInterval": "200ms",
  });
  stops.push(() => agent.stop());
  const alert = await startUnit("vmalert", {
    "datasource.url": scraped.url,
    "remoteWrite.url": scraped.url,
    "remoteRead.url": scraped.url,
    rule: rules,
    "notifier.url": "http://127.0.0.1:9",
    // By default, rules are evaluated as of 30 s ago. VictoriaMetrics itself is no faster here than elsewhere: it takes
    // seconds until a query finds a new series.
    "test.rule.evalDelay": "10s",
    "test.evaluationInterval": "1s",
    "test.remoteWrite.flushInterval": "200ms",
  });
  stops.push(() => alert.stop());

  for (const store of [written, scraped])
    await vi.waitFor(
      async () => expect(await query(store, "up == 1")).toHaveLength(1 + aggregators.length),
      waiting,
    );
  const startedMs = Date.now();
  return {
    truth: await runFleet(aggregators[0] ?? gateway.url, JOBS),
    startedMs,
    written,
    scraped,
  };
}

async function query({ url }: Unit, text: string) {
  await fetch(`${url}/internal/force_flush`);
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: text })}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

function sumOf(truth: ReadonlyMap<string, Truth>, of: (each: Truth) => number): number {
  return Array.from(truth.values(), of).reduce((sum, each) => sum + each, 0);
}

const COUNTERS = [
  ["faas_invocations", ({ succeeded }: Truth) => succeeded],
  ["faas_errors", ({ failed }: Truth) => failed],
  ["faas_timeouts", ({ timedOut }: Truth) => timedOut],
  ["faas_coldstarts", ({ coldStarts }: Truth) => coldStarts],
] as const;

const WAYS = [
  { way: "Prometheus writes to it", store: "written" },
  { way: "vmagent scrapes for it", store: "scraped" },
] as const;

describe.each(WAYS)("VictoriaMetrics, if $way", ({ store }) => {
  test.each(["aggregator", "none"] as const)(
    "increase_pure() shows exactly what functions pushed through %s",
    async (through) => {
      const run = runs.get(through)!;
      for (const [name, of] of COUNTERS)
        await vi.waitFor(
          async () =>
            expect(await query(run[store], `sum(increase_pure(${name}_total[10m]))`), name).toEqual(
              [{ labels: {}, value: sumOf(run.truth, of) }],
            ),
          waiting,
        );
    },
    120_000,
  );

  test("the records of the rules for direct pushes are exact, too", async () => {
    const run = runs.get("none")!;
    for (const [name, of] of COUNTERS)
      await vi.waitFor(
        async () =>
          expect(
            await query(run[store], `sum(sum_over_time(${name}:increase1m[10m]))`),
            name,
          ).toEqual([{ labels: {}, value: sumOf(run.truth, of) }]),
        waiting,
      );
  }, 120_000);

  test.each([
    ["aggregator", "overview.json"],
    ["aggregator", "function.json"],
    ["aggregator", "machines.json"],
    ["none", "overview-direct.json"],
    ["none", "function-direct.json"],
  ] as const)(
    "pushes through %s: every query of %s returns data",
    async (through, name) => {
      const run = runs.get(through)!;
      const dashboard = shippedDashboards()[name]!;
      await fetch(`${run[store].url}/internal/force_flush`);
      const view = {
        url: run[store].url,
        fromMs: run.startedMs - 5_000,
        toMs: Date.now(),
        scrapeIntervalMs: 1_000,
        speed: SPEED,
      };
      const { values } = await resolveVariables(dashboard, view);
      const empty: string[] = [];
      for (const panel of dashboard.panels.filter(
        (each): each is QueryPanel => each.type !== "row",
      ))
        for (const target of panel.targets) {
          const gauge = [values["gauge"] ?? ""].flat()[0]!;
          const series = await ask(target, { ...values, gauge }, view);
          if (!series.some((one) => one.values.some((value) => Number.isFinite(value))))
            empty.push(`${panel.title}: ${target.expr}`);
        }
      expect(empty).toEqual([]);
    },
    60_000,
  );
});
