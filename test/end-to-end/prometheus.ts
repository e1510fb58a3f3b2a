import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
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
  /** Files with rules, which are evaluated every second unless they say otherwise. Default: none. */
  readonly rules?: readonly string[];
}

/**
 * A real Prometheus with the shipped configuration, but with other targets, and with intervals of one second.
 *
 * @param targets the URLs of what it scrapes
 */
export async function startPrometheus(
  targets: string | readonly string[],
  { program, flags = [], directory, edit, rules }: PrometheusOptions = {},
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
    { directory, edit, rules },
  );
}

/** A real VictoriaMetrics with the same configuration. */
export async function startVictoriaMetrics(
  gatewayUrl: string,
  { edit }: Pick<PrometheusOptions, "edit"> = {},
): Promise<Prometheus> {
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
    { url, edit },
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
    rules = [],
  }: {
    readonly directory?: string | undefined;
    readonly url?: string;
    readonly edit?: PrometheusOptions["edit"];
    readonly rules?: PrometheusOptions["rules"];
  },
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  const config = join(folder, "prometheus.yml");
  await writeFile(config, edit(await configurationFor(targets, rules)));
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

/** The parts of the shipped configuration that the tests replace. */
interface Configuration {
  readonly global: Readonly<Record<string, string>>;
  readonly scrape_configs: readonly { readonly job_name: string }[];
  readonly rule_files: readonly string[];
}

/** The shipped scrape job of the gateway, with other targets and shorter intervals. */
async function configurationFor(
  targets: readonly string[],
  rules: readonly string[],
): Promise<string> {
  const { global, scrape_configs, ...shipped } = parse(
    await readFile(prometheusConfig, "utf8"),
  ) as Configuration;
  const intervals = ["scrape_interval", "scrape_timeout", "evaluation_interval"];
  const job = scrape_configs.find(({ job_name }) => job_name === "pushgateway");
  if (job === undefined || Object.keys(global).join() !== intervals.join())
    throw new Error(`${prometheusConfig} has changed: adapt what the tests replace in it`);
  const hosts = targets.map((target) => new URL(target).host);
  return stringify({
    ...shipped,
    global: Object.fromEntries(intervals.map((name) => [name, "1s"])),
    rule_files: rules,
    scrape_configs: [
      {
        ...job,
        static_configs: hosts.map((host) => ({ targets: [host], labels: { gateway: host } })),
      },
    ],
  });
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(`${url}/-/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
