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

/** A real Prometheus, or VictoriaMetrics, until it is stopped. */
export interface Prometheus {
  readonly url: string;
  query(query: string): Promise<Result[]>;
  stop(): Promise<unknown>;
}

export interface PrometheusOptions {
  /** The program to start. Default: the machine's own, or Debian's package of it. */
  readonly program?: string;
}

/** A real Prometheus with the shipped configuration, but with another target and shorter intervals. */
export async function startPrometheus(
  gatewayUrl: string,
  { program }: PrometheusOptions = {},
): Promise<Prometheus> {
  return await startScraper(
    program ?? (await findOrFetch("prometheus")),
    gatewayUrl,
    (config, data, address) => [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${address}`,
    ],
  );
}

/** A real VictoriaMetrics with the same configuration. */
export async function startVictoriaMetrics(gatewayUrl: string): Promise<Prometheus> {
  const named = process.env["VICTORIA_METRICS_BIN"] ?? "";
  const program = await findOrFetch("victoria-metrics", named === "" ? "trixie" : undefined);
  const started = await startScraper(program, gatewayUrl, (config, data, address) => [
    `-promscrape.config=${config}`,
    "-promscrape.config.strictParse=false",
    `-storageDataPath=${data}`,
    `-httpListenAddr=${address}`,
    // By default, a query leaves out the newest 30 s.
    "-search.latencyOffset=1s",
    "-memory.allowedBytes=64MB",
  ]);
  return {
    ...started,
    async query(query) {
      // Otherwise, it takes some seconds until a query finds a new series.
      await fetch(`${started.url}/internal/force_flush`);
      return await started.query(query);
    },
  };
}

/** Starts a program that reads Prometheus' configuration and has its query API. */
async function startScraper(
  program: string,
  gatewayUrl: string,
  flagsFor: (config: string, data: string, address: string) => readonly string[],
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  const shipped = await readFile(prometheusConfig, "utf8");
  const config = shipped
    .replace('["127.0.0.1:9091"]', `["${new URL(gatewayUrl).host}"]`)
    .replaceAll(/(scrape_interval|scrape_timeout|evaluation_interval): \d+s/g, "$1: 1s");
  expect(config.match(/: 1s/g)).toHaveLength(3);
  expect(config).toContain(new URL(gatewayUrl).host);
  await writeFile(join(folder, "prometheus.yml"), config);
  const url = await unusedAddress();
  const child = spawn(
    program,
    flagsFor(join(folder, "prometheus.yml"), join(folder, "data"), new URL(url).host),
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
      expect((await fetch(`${url}/-/ready`)).status, printed).toBe(200);
    },
    { timeout: 15_000, interval: 50 },
  );
  return {
    url,
    stop,
    async query(query: string): Promise<Result[]> {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
      const { data, error } = (await response.json()) as {
        data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
        error?: string;
      };
      if (data === undefined) throw new Error(`${query}: ${error}`);
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
  };
}
