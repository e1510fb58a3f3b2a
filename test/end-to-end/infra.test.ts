import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { freshCore } from "../../packages/core/test/core.js";
import { startInstance } from "../../packages/core/test/fake-platform.js";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { startRealGateway } from "../pushgateway/real.js";
import { atOnce, startExampleLambda } from "./examples.js";
import { startPrometheus } from "./prometheus.js";
import { readScrape } from "./read-scrape.js";

const infra = (path: string) => fileURLToPath(new URL(`../../infra/${path}`, import.meta.url));
const prometheusConfig = infra("prometheus/prometheus.yml");

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-"));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Reads the settings of the systemd unit. A setting that is given several times keeps all its values. */
async function readUnit(): Promise<Map<string, string[]>> {
  const text = await readFile(infra("pushgateway/pushgateway.service"), "utf8");
  const settings = new Map<string, string[]>();
  for (const line of text.replaceAll("\\\n", " ").split("\n")) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) settings.set(name, [...(settings.get(name) ?? []), value ?? ""]);
  }
  return settings;
}

test("the unit's Pushgateway keeps its groups when systemd restarts it", async () => {
  const unit = await readUnit();
  const [[program, ...flags]] = unit
    .get("ExecStart")!
    .map((command) => command.trim().split(/\s+/)) as [string[]];
  expect(program).toMatch(/\/pushgateway$/);
  expect(flags).toContain("--log.level=warn");
  expect(flags).toContain(`--persistence.file=/var/lib/${unit.get("StateDirectory")![0]}/groups`);
  // Without the check, one function's mistake breaks every scrape.
  expect(flags.join(" ")).not.toContain("consistency");

  const options = {
    flags: flags.filter((flag) => !/^--(web\.listen-address|persistence\.file)=/.test(flag)),
    persistenceFile: join(await temporaryFolder(), "groups"),
  };
  expect(options.flags).toHaveLength(flags.length - 2);
  const before = await startRealGateway(options);
  stops.push(() => before.stop());
  const lambda = await startExampleLambda({ PUSHGATEWAY_URL: before.url });
  stops.push(() => lambda.stop());
  await lambda.invoke({ plan: "pro" });
  await lambda.invoke({ plan: "pro" });
  const group = /orders_total.*|faas_.*|push_time_seconds.*/g;
  const pushed = (await before.metrics()).match(group);
  expect(pushed).toContainEqual(expect.stringMatching(/^orders_total\{.*plan="pro"\} 2$/));

  await before.stop();
  const after = await startRealGateway(options);
  stops.push(() => after.stop());
  expect((await after.metrics()).match(group)).toEqual(pushed);
});

test("promtool accepts the shipped Prometheus configuration", async () => {
  const promtool = await findOrFetch("promtool");
  const { stdout } = await promisify(execFile)(promtool, ["check", "config", prometheusConfig]);
  expect(stdout).toContain("SUCCESS");
});

test("Prometheus with the shipped configuration adds up the functions' pushes, under their own labels", async () => {
  const gateway = await startRealGateway({ flags: ["--persistence.file="] });
  stops.push(() => gateway.stop());
  const lambda = await startExampleLambda({ PUSHGATEWAY_URL: gateway.url });
  stops.push(() => lambda.stop());
  await lambda.invoke({ plan: "pro" });
  await atOnce(4, () => lambda.invoke({ plan: "pro" }));
  await lambda.invoke({ plan: "pro", card: "declined" });

  const prometheus = await startPrometheus(gateway.url);
  stops.push(() => prometheus.stop());
  const job = "example-aws-lambda";
  await vi.waitFor(
    async () =>
      expect(await prometheus.query(`sum by (job) (orders_total)`)).toEqual([
        { labels: { job }, value: 5 },
      ]),
    { timeout: 15_000, interval: 100 },
  );
  const { instances } = readScrape(await gateway.metrics());
  const byInstance = await prometheus.query("sum by (job, instance) (faas_invocations_total + 0)");
  expect(byInstance.map(({ labels }) => labels["instance"]).toSorted()).toEqual(
    instances(job).toSorted(),
  );
  expect(byInstance).toHaveLength(lambda.lambda.coldStarts());
  expect(await prometheus.query(`sum(faas_errors_total{job="${job}"})`)).toEqual([
    { labels: {}, value: 1 },
  ]);
  expect(await prometheus.query(`{exported_job!=""}`)).toEqual([]);
});

test("no increment is lost when an environment that is called every 15 minutes leaves old groups behind", async () => {
  await using gateway = await startRealGateway();
  const prometheus = await startPrometheus(gateway.url);
  const clock = vi.spyOn(Date, "now");
  stops.push(async () => clock.mockRestore());
  const core = await freshCore();
  const instance = startInstance(core, { url: gateway.url });
  const orders = core.counter({ name: "orders_total", help: "Orders." });
  const groups = async () => readScrape(await gateway.metrics()).instances("checkout");
  // Each instance is a counter that only grows: its maximum counts, also when its group is gone.
  const total = "sum(max_over_time(orders_total[1h]))";
  let ordered = 0;
  let startedMs = 0;
  for (const [calls, count] of [3, 4, 1, 5].entries()) {
    const nowMs = performance.timeOrigin + performance.now() + calls * 900_000;
    clock.mockReturnValue(nowMs);
    orders.inc(count);
    await instance.pusher!.flusher.flush();
    ordered += count;
    await vi.waitFor(
      async () => {
        expect(await groups()).toEqual([instance.pusher!.life.id]);
        expect(await prometheus.query(total)).toEqual([{ labels: {}, value: ordered }]);
      },
      { timeout: 15_000, interval: 100 },
    );
    if (calls > 0) continue;
    // Two seconds of it: the window below begins between its first scrape and the next order.
    const scrapes = async () =>
      (await prometheus.query("count_over_time(orders_total[1h])"))[0]!.value;
    await vi.waitFor(async () => expect(await scrapes()).toBeGreaterThan(2), { timeout: 15_000 });
    startedMs = performance.now();
  }
  // The increase over all handovers, as the guide for Prometheus computes it.
  const window = `${Math.round(performance.now() - startedMs) + 1_000}ms`;
  const recent = `max_over_time(orders_total[${window}])`;
  const before = `max_over_time(orders_total[1h] offset ${window})`;
  expect(
    await prometheus.query(`sum(clamp_min(${recent} - (${before} or 0 * ${recent}), 0))`),
  ).toEqual([{ labels: {}, value: 4 + 1 + 5 }]);
});
