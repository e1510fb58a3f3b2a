import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { freshCore } from "../../packages/core/test/core.js";
import { startInstance } from "../../packages/core/test/fake-platform.js";
import { foundPrograms } from "../pushgateway/programs.mjs";
import { onPath } from "../pushgateway/find.mjs";
import { startRealGateway } from "../pushgateway/real.js";
import { atOnce, startExampleLambda } from "./examples.js";
import { startPrometheus } from "./prometheus.js";
import { readScrape } from "./read-scrape.js";

const infra = (path: string) => fileURLToPath(new URL(`../../infra/${path}`, import.meta.url));
const prefreeze = fileURLToPath(new URL("../../packages/cli/bin/prefreeze.js", import.meta.url));
const run = promisify(execFile);
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
async function readUnit(path = "pushgateway/pushgateway.service"): Promise<Map<string, string[]>> {
  const text = await readFile(infra(path), "utf8");
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

test("the Pushgateway behind an aggregator keeps no persistence file, and is otherwise as without one", async () => {
  const flagsOf = (command = "") => command.trim().split(/\s+/);
  const alone = flagsOf((await readUnit()).get("ExecStart")![0]);
  const behind = await readUnit("pushgateway/pushgateway.service.d/behind-aggregator.conf");
  const [reset, command] = behind.get("ExecStart")!;
  expect(reset).toBe("");
  expect([...behind.keys()]).toEqual(["ExecStart"]);
  const withoutFile = alone.filter((flag) => !flag.startsWith("--persistence."));
  expect(flagsOf(command).filter((flag) => flag !== "--persistence.file=")).toEqual(withoutFile);
  expect(flagsOf(command)).toContain("--persistence.file=");
});

test("the unit's aggregator keeps its totals when systemd restarts it, and asks for the token", async () => {
  const unit = await readUnit("aggregator/aggregator.service");
  const folder = await temporaryFolder();
  await writeFile(join(folder, "bearer-token"), "geheim-5391\n");
  const [program, ...words] = unit
    .get("ExecStart")![0]!
    .replaceAll("%S", join(folder, "state"))
    .replaceAll("%d", folder)
    .replace("127.0.0.1:9092", "127.0.0.1:0")
    .trim()
    .split(/\s+/);
  expect(program).toMatch(/\/prefreeze$/);
  expect(unit.get("LoadCredential")).toEqual(["bearer-token:/etc/prefreeze/bearer-token"]);
  expect(words.join(" ")).toContain(`/${unit.get("StateDirectory")![0]} `);
  const orders = (count: number, sequence: number) =>
    `# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total ${count}\n` +
    `# HELP prefreeze_snapshot_sequence Pushes.\n# TYPE prefreeze_snapshot_sequence gauge\nprefreeze_snapshot_sequence ${sequence}\n` +
    (sequence > 1 ? `# ACKNOWLEDGED ${sequence - 1}\n` : "");
  for (const sequence of [1, 2]) {
    const child = spawn(process.execPath, [prefreeze, ...words], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    stops.push(async () => void child.kill("SIGKILL"));
    const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)![0];
    const put = async (headers: Readonly<Record<string, string>>) =>
      (
        await fetch(`${url}/metrics/job/shop/instance/a`, {
          method: "PUT",
          headers,
          body: orders(sequence, sequence),
        })
      ).status;
    expect(await put({})).toBe(401);
    // The second process would answer 410 if it did not know the instance.
    expect(await put({ authorization: "Bearer geheim-5391" })).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  }
});

const systemdAnalyze = onPath(["systemd-analyze"]);

describe.runIf(systemdAnalyze !== undefined)("systemd", () => {
  test.each([
    "aggregator/aggregator.service",
    "prometheus/prometheus.service",
    "pushgateway/pushgateway.service",
  ])("accepts %s, and rates its exposure as low", async (path) => {
    // The program of the unit need not be installed here.
    const text = await readFile(infra(path), "utf8");
    const file = join(await temporaryFolder(), basename(path));
    await writeFile(file, text.replaceAll(/\/opt\/prefreeze\/bin\/[a-z]+/g, "/bin/true"));
    const { stdout, stderr } = await run(systemdAnalyze!, ["verify", file]);
    expect(stdout + stderr).toBe("");
    const security = await run(systemdAnalyze!, ["security", "--offline=true", file]);
    const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(security.stdout)!;
    expect(Number(exposure)).toBeLessThanOrEqual(1.5);
  });
});

test.each(await foundPrograms("promtool"))(
  "promtool $version accepts the shipped Prometheus configuration and its rules",
  async ({ path: promtool }) => {
    // As installed: with the token that the aggregator asks for.
    const folder = await temporaryFolder();
    const token = join(folder, "aggregator-token");
    await writeFile(token, "geheim-5391\n");
    await cp(infra("prometheus"), folder, { recursive: true });
    const shipped = await readFile(prometheusConfig, "utf8");
    const config = join(folder, "prometheus.yml");
    await writeFile(config, shipped.replace("/etc/prometheus/aggregator-token", token));
    const { stdout } = await run(promtool, ["check", "config", config]);
    expect(stdout).toContain(`SUCCESS: ${config} is valid prometheus config file syntax`);
    expect(stdout).toMatch(/SUCCESS: [1-9]\d* rules found/);
  },
);

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
  stops.push(() => prometheus.stop());
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
