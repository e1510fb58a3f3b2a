import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, type TestContext, vi } from "vitest";
import { type Prometheus, startPrometheus } from "../../../../test/end-to-end/prometheus.js";
import { ownPort } from "../../../../test/loopback/own-port.js";
import { findOrFetch } from "../../../../test/pushgateway/fetch.mjs";
import { type RealGateway, startRealGateway } from "../../../../test/pushgateway/real.js";
import { start } from "../../../aggregator/test/use-aggregator.js";
import { prefreeze } from "../command.js";
import { checkOf, endsOf, failureOf } from "./steps-of.js";

let gateway: RealGateway;

beforeAll(async () => {
  gateway = await startRealGateway();
}, 60_000);
afterAll(() => gateway.stop());

/** A real Prometheus that scrapes the gateway, until the test ends. */
async function scraping(
  { onTestFinished }: Pick<TestContext, "onTestFinished">,
  edit: (configuration: string) => string,
): Promise<Prometheus> {
  const prometheus = await startPrometheus(gateway.url, { edit });
  onTestFinished(async () => void (await prometheus.stop()));
  return prometheus;
}

test.concurrent("a Prometheus with the shipped configuration has the probe, with its scrape interval", async (context) => {
  const { url } = await scraping(context, (configuration) => configuration);
  const { stdout, exitCode } = await prefreeze([
    "check",
    "--pushgateway",
    gateway.url,
    "--prometheus",
    url,
    "--json",
  ]);
  expect(exitCode).toBe(0);
  const { checks } = JSON.parse(stdout) as {
    readonly checks: readonly { readonly steps: readonly { name: string; message: string }[] }[];
  };
  expect(checks[0]?.steps.find(({ name }) => name === "prometheus")?.message).toMatch(
    /^Prometheus has the probe after [\d.]+ m?s, scraped every 1 s; honor_labels is right$/,
  );
});

test.concurrent("a Prometheus without honor_labels is told, with the name of the scrape job", async (context) => {
  const { url } = await scraping(context, (configuration) =>
    configuration.replace("honor_labels: true", "honor_labels: false"),
  );
  expect(failureOf(await checkOf(gateway.url, { prometheus: { url, headers: {} } }))).toMatch(
    /^prometheus: Prometheus has the probe as job="pushgateway", exported_job="prefreeze_check"\. Set honor_labels: true in the scrape job pushgateway of prometheus\.yml\./,
  );
});

test.concurrent("a Prometheus that scrapes something else is told, with what it scrapes", async (context) => {
  const { url } = await scraping(context, (configuration) =>
    configuration.replace(new URL(gateway.url).host, "127.0.0.1:1"),
  );
  expect(failureOf(await checkOf(gateway.url, { prometheus: { url, headers: {} } }))).toMatch(
    /^prometheus: Prometheus does not have the probe after [\d.]+ m?s, and scrapes nothing at 127\.0\.0\.1:\d+: only 127\.0\.0\.1:1\. Add the gateway/,
  );
});

test.concurrent("a Prometheus that drops the probe is told", async (context) => {
  const { url } = await scraping(context, (configuration) =>
    configuration.replace(
      "    honor_labels: true",
      `    honor_labels: true
    metric_relabel_configs:
      - source_labels: [__name__]
        regex: prefreeze_.+
        action: drop`,
    ),
  );
  expect(failureOf(await checkOf(gateway.url, { prometheus: { url, headers: {} } }))).toMatch(
    /^prometheus: Prometheus scrapes the gateway, but does not have the probe after [\d.]+ m?s\. Look for metric_relabel_configs/,
  );
});

test.concurrent("a VictoriaMetrics with its default flags has the probe, too", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-vm-"));
  const config = join(folder, "scrape.yml");
  await writeFile(
    config,
    `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs: [{ targets: ["${new URL(gateway.url).host}"] }]
`,
  );
  const url = `http://127.0.0.1:${await ownPort()}`;
  const child = spawn(
    await findOrFetch("victoria-metrics", "trixie"),
    [
      `-promscrape.config=${config}`,
      `-storageDataPath=${join(folder, "data")}`,
      `-httpListenAddr=${new URL(url).host}`,
      "-memory.allowedBytes=64MB",
    ],
    { stdio: "ignore" },
  );
  const ended = once(child, "exit");
  context.onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  });
  await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).ok).toBe(true), {
    timeout: 10_000,
  });
  const { steps } = await checkOf(gateway.url, { prometheus: { url, headers: {} } });
  expect(steps.find(({ name }) => name === "prometheus")).toMatchObject({
    status: "ok",
    message: expect.stringMatching(/, scraped every 1 s; honor_labels is right$/) as string,
  });
});

test("the probe is seen behind an aggregator, too", async (context) => {
  const { url } = await scraping(context, (configuration) => configuration);
  const aggregator = await start({ pushgateway: gateway.url });
  const result = await checkOf(aggregator.url, { prometheus: { url, headers: {} } });
  expect(endsOf(result)).toEqual(expect.arrayContaining(["gateway: ok", "prometheus: ok"]));
  expect(await gateway.metrics()).not.toContain("prefreeze_check");
});

test("an address that is not Prometheus' is told", async () => {
  const result = await checkOf(gateway.url, {
    prometheus: { url: gateway.url, headers: {} },
  });
  expect(failureOf(result)).toMatch(
    /^prometheus: --prometheus does not answer as Prometheus: HTTP 404.*\. Correct the address: /,
  );
  const dead = await checkOf(gateway.url, {
    prometheus: { url: "http://127.0.0.1:1", headers: {} },
  });
  expect(failureOf(dead)).toMatch(/^prometheus: Prometheus: nothing listens on 127\.0\.0\.1:1\. /);
});
