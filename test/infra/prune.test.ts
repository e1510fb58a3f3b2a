import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { prefreeze } from "../../packages/cli/test/command.js";
import { agedGateway } from "../../packages/cli/test/groups/aged-gateway.js";
import { put, snapshot } from "../../packages/cli/test/groups/push.js";
import { readSettings } from "../../infra/prune/settings.js";
import { scheduledEvent } from "../end-to-end/lambda-events.js";
import { startLambdaFunction } from "../end-to-end/lambda-function.js";
import { type Prometheus, startPrometheus } from "../end-to-end/prometheus.js";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { onPath } from "../pushgateway/find.mjs";
import type { RealGateway } from "../pushgateway/real.js";
import { startWorker } from "../workers/worker.js";

const run = promisify(execFile);
const folder = fileURLToPath(new URL("../../infra/prune/", import.meta.url));
const units = ["prefreeze-prune.service", "prefreeze-prune.timer"].map((name) => folder + name);

const hasSystemd = onPath(["systemd-analyze"]) !== undefined;

test.runIf(hasSystemd)(
  "systemd reads both units, and rates the exposure of the service at 2.0 of 10 or less",
  async () => {
    const { stderr } = await run("systemd-analyze", ["verify", ...units]);
    // It names what else is wrong on this machine, too.
    expect(stderr).not.toContain("prefreeze-prune");
    const { stdout } = await run("systemd-analyze", ["security", "--offline=true", units[0]!]);
    const [, exposure] = /Overall exposure level for \S+: (\d+\.\d+)/.exec(stdout) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(2);
  },
);

test("what the timer starts deletes old groups, and fails while Prometheus does not read the gateway", async () => {
  const unit = await readFile(units[0]!, "utf8");
  const [, command = ""] =
    /^ExecStart=\/usr\/bin\/env prefreeze ((?:.*\\\n)*.*)$/m.exec(unit) ?? [];
  const words = command.replaceAll("\\\n", " ").trim().split(/ +/);
  expect(words.slice(0, 2)).toEqual(["prune", "--delete"]);
  const gateway = await gatewayWithOldGroups();
  const start = (prometheus: Prometheus) =>
    prefreeze(
      words.map((word) =>
        word
          .replace("http://127.0.0.1:9091", gateway.url)
          .replace("http://127.0.0.1:9090", prometheus.url)
          .replace("15s", "1s"),
      ),
    );
  const idle = await startPrometheus([]);
  onTestFinished(async () => void (await idle.stop()));
  expect(await start(idle)).toMatchObject({ exitCode: 3 });
  expect(await jobsAt(gateway)).toHaveLength(2);
  const prometheus = await startPrometheus(gateway.url);
  onTestFinished(async () => void (await prometheus.stop()));
  await expect.poll(async () => (await start(prometheus)).exitCode, { timeout: 15_000 }).toBe(0);
  expect(await jobsAt(gateway)).toEqual(["backup"]);
});

/** A gateway with an old group of ours, and one of another program. */
async function gatewayWithOldGroups(): Promise<RealGateway> {
  return await agedGateway(await findOrFetch("pushgateway"), async (url) => {
    await put(url, "job@base64/Yi_DvA/instance/a", snapshot(4));
    await put(url, "job/backup", "backup_last_success_timestamp_seconds 1\n");
  });
}

async function jobsAt(gateway: RealGateway): Promise<string[]> {
  const lines = (await gateway.metrics()).matchAll(/^push_time_seconds\{.*job="([^"]*)"/gm);
  return [...lines].map(([, job = ""]) => job).sort();
}

test("the Lambda function deletes them once Prometheus has read them twice, and fails without it", async () => {
  const gateway = await gatewayWithOldGroups();
  const taskRoot = await mkdtemp(join(tmpdir(), "prune-lambda-"));
  onTestFinished(() => rm(taskRoot, { recursive: true, force: true }));
  await build({
    entryPoints: [join(folder, "lambda.ts")],
    outfile: join(taskRoot, "index.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  const prometheus = await startPrometheus(gateway.url);
  const lambda = await startLambdaFunction({
    taskRoot,
    handler: "index.handler",
    functionName: "prune",
    env: {
      PUSHGATEWAY_URL: gateway.url,
      PROMETHEUS_URL: prometheus.url,
      PRUNE_SCRAPE_INTERVAL_SECONDS: "1",
      PRUNE_DELETE: "true",
    },
    maxEnvironments: 1,
  });
  onTestFinished(() => lambda.stop());
  try {
    await expect
      .poll(
        async () => {
          expect(await lambda.invoke(scheduledEvent)).toMatchObject({ failed: false });
          return await jobsAt(gateway);
        },
        { timeout: 15_000, interval: 500 },
      )
      .toEqual(["backup"]);
  } finally {
    await prometheus.stop();
  }
  expect(await lambda.invoke(scheduledEvent)).toMatchObject({
    failed: true,
    result: {
      errorMessage: `the Prometheus at ${prometheus.url} does not answer (ECONNREFUSED): start it, or give its address`,
    },
  });
});

test("the Worker's cron deletes them in workerd, and without PRUNE_DELETE only tells what it would delete", async () => {
  const gateway = await gatewayWithOldGroups();
  const start = async (bindings: Readonly<Record<string, string>>) => {
    const worker = await startWorker({
      entry: join(folder, "worker.ts"),
      bindings: { PUSHGATEWAY_URL: gateway.url, ...bindings },
    });
    onTestFinished(() => worker.stop());
    return worker;
  };
  const dry = await start({ PROMETHEUS_URL: "none" });
  await dry.scheduled("*/5 * * * *");
  await expect.poll(() => dry.logs()).toContain('{"dryRun":true,"groups":2,"ours":1,"deleted":1,');
  expect(await jobsAt(gateway)).toHaveLength(2);

  const deleting = await start({ PROMETHEUS_URL: "none", PRUNE_DELETE: "true" });
  await deleting.scheduled("*/5 * * * *");
  await expect.poll(() => jobsAt(gateway)).toEqual(["backup"]);

  const unset = await start({});
  await unset.scheduled("*/5 * * * *").catch(() => undefined);
  await expect
    .poll(() => unset.logs())
    .toContain("set PROMETHEUS_URL to the Prometheus that scrapes");
});

test("an address with credentials is refused, and not repeated", () => {
  for (const address of [
    "https://shop:geheim@host:9091",
    "https://host/?token=geheim",
    "host:9091",
  ])
    expect(() => readSettings({ PROMETHEUS_URL: "none", PUSHGATEWAY_URL: address })).toThrow(
      /^set PUSHGATEWAY_URL to an address without credentials and query, as in https:\/\/host:9091$/,
    );
});
