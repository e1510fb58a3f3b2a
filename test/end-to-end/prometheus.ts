import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, vi } from "vitest";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { unusedAddress } from "./silent-gateway.js";

const prometheusConfig = fileURLToPath(
  new URL("../../infra/prometheus/prometheus.yml", import.meta.url),
);

/** One series of a query's result. */
export interface Result {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus until it is stopped. */
export interface Prometheus {
  query(query: string): Promise<Result[]>;
  stop(): Promise<unknown>;
}

/** A real Prometheus with the shipped configuration, but with another target and shorter intervals. */
export async function startPrometheus(gatewayUrl: string): Promise<Prometheus> {
  const program = await findOrFetch("prometheus");
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  const shipped = await readFile(prometheusConfig, "utf8");
  const config = shipped
    .replace('["127.0.0.1:9091"]', `["${new URL(gatewayUrl).host}"]`)
    .replaceAll(/(scrape_interval|scrape_timeout|evaluation_interval): \d+s/g, "$1: 1s");
  expect(config.match(/: 1s/g)).toHaveLength(3);
  expect(config).toContain(new URL(gatewayUrl).host);
  await writeFile(join(folder, "prometheus.yml"), config);
  const address = new URL(await unusedAddress()).host;
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const killChild = () => void child.kill("SIGKILL");
  process.once("exit", killChild);
  const ended = once(child, "close").finally(() => process.off("exit", killChild));
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  await vi.waitFor(
    async () => {
      expect(child.exitCode, printed).toBeNull();
      expect((await fetch(`http://${address}/-/ready`)).status, printed).toBe(200);
    },
    { timeout: 15_000, interval: 50 },
  );
  return {
    stop,
    async query(query: string): Promise<Result[]> {
      const response = await fetch(
        `http://${address}/api/v1/query?${new URLSearchParams({ query })}`,
      );
      const { data } = (await response.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
  };
}
