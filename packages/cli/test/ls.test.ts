import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startAggregator } from "@prefreeze/aggregator";
import { listJobs } from "../src/ls/ls.js";
import { showJob } from "../src/show/show.js";
import { type Activity, type JobActivity, watchActivity } from "../src/top/activity.js";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { type RealGateway, startRealGateway } from "../../../test/pushgateway/real.js";
import { prefreeze, temporaryFolder } from "./command.js";
import { put, snapshot } from "./groups/push.js";

const gateways = await foundGateways();

async function started(program: string): Promise<RealGateway> {
  const gateway = await startRealGateway({ program });
  onTestFinished(() => gateway.stop());
  return gateway;
}

describe.each(gateways)("Pushgateway $version", ({ path }) => {
  test("ls tells jobs, groups, series, ages, refused pushes and whose they are", async () => {
    const gateway = await started(path);
    await put(gateway.url, "job/orders/instance/a", snapshot(4));
    await put(gateway.url, "job/orders/instance/b", snapshot(7));
    await put(gateway.url, "job/backup", "# TYPE done gauge\ndone 1\n");
    await put(gateway.url, "job/backup/host/refused", "# TYPE done counter\ndone 1\n");
    // A name that is also the gateway's word for the labels of a group.
    await put(
      gateway.url,
      "job/odd/instance/__proto__",
      "labels 1\n__proto__ 2\nlast_push_successful 3\n",
    );

    const jobs = await listJobs({ url: gateway.url, headers: {} });
    const scraped = (await gateway.metrics()).split("\n");
    const seriesOf = (job: string): number =>
      scraped.filter((line) => line.includes(`job="${job}"`)).length;
    const recent = expect.toSatisfy((age: number) => age >= 0 && age < 60) as number;
    const ages = { newestPushSeconds: recent, oldestPushSeconds: recent };
    expect(jobs).toEqual([
      {
        job: "backup",
        whose: "others",
        groups: 2,
        series: seriesOf("backup"),
        refused: 1,
        ...ages,
      },
      { job: "odd", whose: "others", groups: 1, series: seriesOf("odd"), refused: 0, ...ages },
      {
        job: "orders",
        whose: "prefreeze",
        groups: 2,
        series: seriesOf("orders"),
        refused: 0,
        ...ages,
      },
    ]);

    const { exitCode, stdout } = await prefreeze(["ls", "--pushgateway", gateway.url]);
    expect(exitCode).toBe(0);
    const [head, ...lines] = stdout.trimEnd().split("\n");
    expect(head).toMatch(/^JOB +WHOSE +GROUPS +LIVE +SERIES +NEWEST +OLDEST +REFUSED$/);
    expect(lines[0]).toMatch(/^backup +others +2 +\d+ +\d+s +\d+s +1$/);
    expect(lines[2]).toMatch(/^orders +prefreeze +2 +90 +\d+s +\d+s$/);
    expect(lines[3]).toBe(
      `3 jobs, 5 groups, ${seriesOf("") + jobs.reduce((sum, { series }) => sum + series, 0)} series`,
    );
    const json = await prefreeze(["ls", "--json", "--pushgateway", gateway.url]);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { pushgateway: gateway.url, job: "backup" },
      {},
      {},
    ]);
  });

  test("show adds counters and histograms up over the lives, and takes the newest gauge", async () => {
    const gateway = await started(path);
    const gauge = (value: number): string => `# TYPE backlog gauge\nbacklog ${value}\n`;
    await put(
      gateway.url,
      "job/orders/instance/a",
      snapshot(4, { invocations: 10 }) + gauge(5_000),
    );
    await put(
      gateway.url,
      "job/orders/instance/b",
      snapshot(7, { invocations: 5, version: "2" }) + gauge(3),
    );
    await put(gateway.url, "job/other/instance/c", snapshot(1, { invocations: 1_000 }));

    const pushgateway = { url: gateway.url, headers: {} };
    const { lives, metrics } = await showJob(pushgateway, "orders");
    expect(lives).toMatchObject([
      { labels: { job: "orders", instance: "b" }, sequence: 7, function: "orders-prod" },
      { labels: { job: "orders", instance: "a" }, sequence: 4, series: 46 },
    ]);
    const series = (name: string) => metrics.find((metric) => metric.name === name)?.series;
    expect(series("faas_invocations_total")).toEqual([
      { labels: { job: "orders", faas_trigger: "http" }, lives: 2, value: 15 },
    ]);
    expect(series("backlog")).toMatchObject([{ value: 3 }]);
    expect(series("faas_invoke_duration_seconds")).toMatchObject([
      { count: 15, sum: 1, buckets: { "0.005": 15, "900": 15, "+Inf": 15 } },
    ]);
    // A deployment each.
    expect(series("target_info")).toMatchObject([{ lives: 1 }, { lives: 1 }]);

    const one = await showJob(pushgateway, "orders", { instance: "a" });
    expect(one.lives).toHaveLength(1);
    expect(one.metrics.find(({ name }) => name === "backlog")?.series).toMatchObject([
      { value: 5_000 },
    ]);

    const { stdout } = await prefreeze(["show", "orders", "--pushgateway", gateway.url]);
    expect(stdout).toMatch(/^b +prefreeze +orders-prod +\d+s +7 +46$/m);
    expect(stdout).toMatch(/^faas_invocations_total +faas_trigger=http +counter +15 +2$/m);
    expect(stdout).toMatch(
      /^faas_invoke_duration_seconds +faas_trigger=http +histogram +15 observed, mean 0\.0667 +2$/m,
    );

    const missing = await prefreeze(["show", "ordres", "--pushgateway", gateway.url]);
    expect(missing).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `prefreeze: no group of job "ordres" is held at ${gateway.url}: prefreeze ls lists the jobs\n`,
    });
  });

  test("top tells by how much each job has grown, and a deleted group is no fall", async () => {
    const gateway = await started(path);
    await put(gateway.url, "job/busy/instance/a", snapshot(10, { invocations: 100 }));
    await put(gateway.url, "job/busy/instance/old", snapshot(50, { invocations: 5_000 }));
    await put(gateway.url, "job/idle/instance/a", snapshot(10, { invocations: 100 }));
    const looks = watchActivity({ url: gateway.url, headers: {} }, { intervalMs: 1_000 });
    const first = looks.next();
    // The gateway counts who has looked.
    await vi.waitFor(async () =>
      expect(await gateway.metrics()).toContain('handler="api/v1/metrics"'),
    );
    await put(gateway.url, "job/busy/instance/a", snapshot(14, { invocations: 130 }));
    await put(gateway.url, "job/busy/instance/born", snapshot(2, { invocations: 6 }));
    await fetch(`${gateway.url}/metrics/job/busy/instance/old`, { method: "DELETE" });

    const { seconds, jobs } = (await first).value as Activity;
    await looks.return(undefined);
    expect(jobs.map(({ job }) => job)).toEqual(["busy", "idle"]);
    const [busy, idle] = jobs as [JobActivity, JobActivity];
    expect(busy.pushesPerSecond * seconds).toBeCloseTo(6, 3);
    // The life that is born has failed once.
    expect(busy.invocationsPerSecond * seconds).toBeCloseTo(37, 3);
    expect(busy.failuresPerSecond * seconds).toBeCloseTo(1, 3);
    expect(idle).toMatchObject({ groups: 1, pushesPerSecond: 0, invocationsPerSecond: 0 });

    const words = ["top", "--count", "2", "--interval", "500ms", "--pushgateway", gateway.url];
    const { exitCode, stdout } = await prefreeze([...words, "--json"]);
    expect(exitCode).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { jobs: [{ job: "busy" }, { job: "idle" }] },
      { jobs: [{ job: "busy" }, { job: "idle" }] },
    ]);
    // No terminal: one table below the other.
    const plain = await prefreeze(words);
    expect(
      plain.stdout.match(/^JOB +GROUPS +INVOCATIONS\/S +FAILED\/S +PUSHES\/S$/gm),
    ).toHaveLength(2);
    expect(plain.stdout).not.toContain("\u001B");
  });
});

test("at an aggregator's address, ls shows its groups at the gateway: instances that live, and one group for each job", async () => {
  const gateway = await started(gateways.at(-1)!.path);
  const aggregator = await startAggregator({
    directory: await temporaryFolder(),
    listen: { host: "127.0.0.1", port: 0 },
    pushgateway: gateway.url,
    pushIntervalMs: 10,
    scrapeIntervalMs: 100,
  });
  onTestFinished(() => aggregator.close());
  for (const instance of ["a", "b", "c"]) {
    await put(aggregator.url, `job/orders/instance/${instance}`, PROTOCOL_SNAPSHOT);
  }
  await expect
    .poll(() => listJobs({ url: aggregator.url, headers: {} }))
    .toMatchObject([{ job: "orders", whose: "aggregator", groups: 1, instances: 3 }]);
  const { stdout } = await prefreeze(["ls"], { PUSHGATEWAY_URL: aggregator.url });
  expect(stdout).toMatch(/^orders +aggregator +1 +3 +\d+ +\d+s +\d+s$/m);
});

const PROTOCOL_SNAPSHOT = `# HELP orders_total Orders.
# TYPE orders_total counter
orders_total 2
# HELP prefreeze_snapshot_sequence Number of this push.
# TYPE prefreeze_snapshot_sequence gauge
prefreeze_snapshot_sequence 1
`;

test.each(["ls", "show orders", "top --interval 500ms", "guard", "prune --no-prometheus"])(
  "a reader that leaves after the first line ends `prefreeze %s` quietly",
  async (words) => {
    const gateway = await started(gateways.at(-1)!.path);
    await put(gateway.url, "job/orders/instance/a", snapshot(4));
    const program = fileURLToPath(new URL("../bin/prefreeze.js", import.meta.url));
    const { stdout, stderr } = await promisify(execFile)("sh", [
      "-c",
      `"${process.execPath}" "${program}" ${words} --pushgateway ${gateway.url} | head -n 1`,
    ]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toBe("");
  },
);

test("an empty gateway, a name of a job that would move the cursor, and two gateways", async () => {
  const [one, other] = [await started(gateways[0]!.path), await started(gateways.at(-1)!.path)];
  expect((await prefreeze(["ls", "--pushgateway", one.url])).stdout).toBe(
    `the Pushgateway at ${one.url} holds no group\n`,
  );
  const name = Buffer.from("\u001B[2Jx\ny\u202E").toString("base64url");
  await put(other.url, `job@base64/${name}`, "q 1\n");
  const { stdout } = await prefreeze(["ls"], { PUSHGATEWAY_URL: `${one.url}, ${other.url}` });
  expect(stdout).toContain("\\u{001b}[2Jx\\u{000a}y\\u{202e}");
  expect(stdout).not.toContain("\u001B[2J");
  expect(stdout).toContain(`${other.url}\n`);
  const { stderr, exitCode } = await prefreeze(["top"], {
    PUSHGATEWAY_URL: `${one.url},${other.url}`,
  });
  expect({ stderr, exitCode }).toEqual({
    stderr: "prefreeze: top watches one Pushgateway: name it with --pushgateway\n",
    exitCode: 2,
  });
});
