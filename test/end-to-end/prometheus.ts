import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { ownPort } from "../loopback/own-port.js";

const prometheusConfig = fileURLToPath(
  new URL("../../infra/prometheus/prometheus.yml", import.meta.url),
);
const START_TIMEOUT_MS = 15_000;
const POLL_MS = 50;

/** One series of a query's result. */
export interface Result {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus, or VictoriaMetrics, until it is stopped. */
export interface Prometheus {
  readonly url: string;
  /** @param atMs the time to evaluate at, in milliseconds since 1970; default: now */
  query(query: string, atMs?: number): Promise<Result[]>;
  /** Ends it as systemd does. Its data is kept only if a directory was given. */
  stop(): Promise<unknown>;
}

export interface PrometheusOptions {
  /** The program to start. Default: the machine's own, or Debian's package of it. */
  readonly program?: string;
  /** More flags, such as `--enable-feature=created-timestamp-zero-ingestion`. */
  readonly flags?: readonly string[];
  /** Keeps its data here, so that another one can go on with it. Default: a directory that is deleted at the end. */
  readonly directory?: string;
  /** Changes the configuration. */
  readonly edit?: (configuration: string) => string;
}

/**
 * A real Prometheus with the shipped configuration, but with other targets, and with intervals of one second.
 *
 * @param targets the URLs of what it scrapes
 */
export async function startPrometheus(
  targets: string | readonly string[],
  { program, flags = [], directory, edit }: PrometheusOptions = {},
): Promise<Prometheus> {
  return await startScraper(
    program ?? (await findOrFetch("prometheus")),
    [targets].flat(),
    (config, data) => [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      "--web.listen-address=127.0.0.1:0",
      ...flags,
    ],
    { directory, edit },
  );
}

/** A real VictoriaMetrics with the same configuration. */
export async function startVictoriaMetrics(gatewayUrl: string): Promise<Prometheus> {
  const named = process.env["VICTORIA_METRICS_BIN"] ?? "";
  const program = await findOrFetch("victoria-metrics", named === "" ? "trixie" : undefined);
  // Unlike Prometheus, it does not print which port it has chosen.
  const url = `http://127.0.0.1:${await ownPort()}`;
  const started = await startScraper(
    program,
    [gatewayUrl],
    (config, data) => [
      `-promscrape.config=${config}`,
      "-promscrape.config.strictParse=false",
      `-storageDataPath=${data}`,
      `-httpListenAddr=${new URL(url).host}`,
      // By default, a query leaves out the newest 30 s.
      "-search.latencyOffset=1s",
      "-memory.allowedBytes=64MB",
    ],
    { url },
  );
  return {
    ...started,
    async query(query, atMs) {
      // Otherwise, it takes some seconds until a query finds a new series.
      await fetch(`${started.url}/internal/force_flush`);
      return await started.query(query, atMs);
    },
  };
}

/**
 * Starts a program that reads Prometheus' configuration and has its query API.
 *
 * @param url the address that it listens on, if its flags say so; by default, it prints the address
 * @throws Error with what it printed, if it does not start
 */
async function startScraper(
  program: string,
  targets: readonly string[],
  flagsFor: (config: string, data: string) => readonly string[],
  {
    directory,
    url: known,
    edit = (configuration) => configuration,
  }: {
    readonly directory?: string | undefined;
    readonly url?: string;
    readonly edit?: PrometheusOptions["edit"];
  },
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  const config = join(folder, "prometheus.yml");
  await writeFile(config, edit(await configurationFor(targets)));
  const child = spawn(program, flagsFor(config, directory ?? join(folder, "data")), {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const killChild = () => void child.kill("SIGKILL");
  process.once("exit", killChild);
  let failure: Error | undefined;
  child.once("error", (error) => (failure = error));
  const ended = new Promise((resolve) => child.once("close", resolve)).finally(() =>
    process.off("exit", killChild),
  );
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed = (printed + text).slice(-20_000);
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const untilMs = performance.now() + START_TIMEOUT_MS;
  const isOver = () =>
    failure !== undefined ||
    child.exitCode !== null ||
    child.signalCode !== null ||
    performance.now() > untilMs;
  for (;;) {
    const address = /msg="Listening on".* address=(\S+)/.exec(printed)?.[1];
    const url = known ?? (address && `http://${address}`);
    if (url !== undefined && (await isReady(url))) return { url, stop, query: queryAt(url) };
    if (isOver()) {
      killChild();
      await stop();
      throw new Error(`${program} did not start: ${failure?.message ?? printed}`);
    }
    await sleep(POLL_MS);
  }
}

function queryAt(url: string): Prometheus["query"] {
  return async (query, atMs) => {
    const parameters = { query, ...(atMs !== undefined && { time: String(atMs / 1_000) }) };
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams(parameters)}`);
    const { data, error } = (await response.json()) as {
      data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
      error?: string;
    };
    if (data === undefined) throw new Error(`${query}: ${error}`);
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };
}

/** The shipped configuration with other targets and shorter intervals. */
async function configurationFor(targets: readonly string[]): Promise<string> {
  const shipped = await readFile(prometheusConfig, "utf8");
  const hosts = targets.map((target) => new URL(target).host);
  const config = shipped
    .replace('["127.0.0.1:9091"]', JSON.stringify(hosts))
    .replaceAll(/(scrape_interval|scrape_timeout|evaluation_interval): \d+s/g, "$1: 1s");
  if (config.match(/: 1s/g)?.length !== 3 || !config.includes(JSON.stringify(hosts)))
    throw new Error(`${prometheusConfig} has changed: adapt what the tests replace in it`);
  return config;
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(`${url}/-/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
