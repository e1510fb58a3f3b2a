import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { foundPrograms } from "../pushgateway/programs.mjs";
import { type RealGateway, startRealGateway } from "../pushgateway/real.js";
import { type Prometheus, startPrometheus } from "./prometheus.js";

let gateways: RealGateway[] = [];
beforeAll(async () => {
  gateways = [await startRealGateway(), await startRealGateway()];
  for (const [index, { url }] of gateways.entries()) {
    const body = `# TYPE orders_total counter\norders_total ${index + 2}\n`;
    const path = `/metrics/job/shop/instance/${index}`;
    await fetch(url + path, { method: "PUT", body });
  }
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.stop();
});

async function shows(prometheus: Prometheus, query: string, value: number): Promise<void> {
  await vi.waitFor(
    async () => expect(await prometheus.query(query)).toEqual([{ labels: {}, value }]),
    { timeout: 15_000, interval: 100 },
  );
}

const programs = await foundPrograms("prometheus");

describe.concurrent.each(programs)("the real Prometheus $version", ({ path: program }) => {
  const urls = () => gateways.map(({ url }) => url);

  test("scrapes several targets every second, and goes on with its data", async ({
    onTestFinished,
  }) => {
    const directory = await mkdtemp(join(tmpdir(), "prometheus-test-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const before = await startPrometheus(urls(), { program, directory });
    await shows(before, "sum(orders_total)", 5);
    const atMs = Date.now();
    await before.stop();

    const after = await startPrometheus(urls(), { program, directory });
    onTestFinished(async () => void (await after.stop()));
    expect(await after.query("sum(orders_total)", atMs)).toEqual([{ labels: {}, value: 5 }]);
    await shows(after, "sum(count_over_time(orders_total[3s])) >= bool 4", 1);
  }, 60_000);

  test("takes flags, and tells what it printed if it does not start", async ({
    onTestFinished,
  }) => {
    const flags = ["--enable-feature=created-timestamp-zero-ingestion"];
    const prometheus = await startPrometheus(urls(), { program, flags });
    onTestFinished(async () => void (await prometheus.stop()));
    const { data } = (await (await fetch(`${prometheus.url}/api/v1/status/flags`)).json()) as {
      data: Record<string, string>;
    };
    expect(data["enable-feature"]).toBe("created-timestamp-zero-ingestion");
    await expect(startPrometheus(urls(), { program, flags: ["--no-such"] })).rejects.toThrow(
      /did not start: .*no-such/s,
    );
  });
});

test("each promtool accepts the shipped configuration", async () => {
  const configuration = join(import.meta.dirname, "../../infra/prometheus/prometheus.yml");
  for (const { path } of await foundPrograms("promtool")) {
    const { stdout } = await promisify(execFile)(path, [
      "check",
      "config",
      // The token of the aggregator is where it was installed.
      "--syntax-only",
      configuration,
    ]);
    expect(stdout).toContain("SUCCESS");
  }
}, 60_000);
