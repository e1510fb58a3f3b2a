import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { ownPort } from "../loopback/own-port.js";
import { findOrFetch } from "./fetch.mjs";

/** A running Pushgateway. */
export interface RealGateway {
  /** `http://127.0.0.1:<port>`, without a final slash. */
  readonly url: string;
  readonly processId: number;
  /** Resolves to what a scrape gets. Rejects unless the status is 200. */
  metrics(): Promise<string>;
  /** Deletes every group; resolves when they are gone. */
  wipe(): Promise<void>;
  /** Sends SIGTERM, as systemd does. Resolves when the process has ended. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface RealGatewayOptions {
  /** The program to start. Default: the machine's own, or Debian's package of it. */
  readonly program?: string;
  /** More flags, such as those of the systemd unit; but no listen address, TLS or basic auth. */
  readonly flags?: readonly string[];
  readonly persistenceFile?: string;
  /** How long it may take to start, and to end before it is killed, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const WIPE_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/**
 * Starts a real Pushgateway on a free loopback port. Fetches it first if it is missing.
 *
 * @throws Error with what it printed, if it does not start
 */
export async function startRealGateway(options: RealGatewayOptions = {}): Promise<RealGateway> {
  const { program = await findOrFetch("pushgateway") } = options;
  const started = await start(program, await ownPort(), options);
  if (typeof started === "string") throw new Error(`${program} did not start:\n${started}`);
  return started;
}

/** @returns the gateway, or what it printed if it did not start */
async function start(
  program: string,
  port: number,
  options: RealGatewayOptions,
): Promise<RealGateway | string> {
  const { timeoutMs = TIMEOUT_MS } = options;
  const flags = [
    `--web.listen-address=127.0.0.1:${port}`,
    "--web.enable-admin-api",
    // Without this flag, Debian's build uses the file of an installed service.
    `--persistence.file=${options.persistenceFile ?? ""}`,
    ...(options.flags ?? []),
  ];
  const child = spawn(program, [...new Set(flags)], { stdio: ["ignore", "pipe", "pipe"] });
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  let printed = "";
  const listening = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed = (printed + text).slice(-20_000);
        if (printed.includes("Listening on")) resolve();
      });
    }
    // With a log level, this line may not be printed: then only the answer counts.
    if (flags.some((flag) => flag.startsWith("--log.level"))) resolve();
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      printed += String(error);
      resolve();
    });
    child.once("close", () => resolve());
  }).finally(() => process.off("exit", killWithUs));

  const url = `http://127.0.0.1:${port}`;
  const deadline = AbortSignal.timeout(timeoutMs);
  const ready = listening.then(() => untilReady(url, child, deadline));
  const late = once(deadline, "abort");
  const outcome = await Promise.race([ready, ended.then(() => "ended"), late.then(() => "late")]);
  if (outcome !== "ready" || !isRunning(child)) {
    child.kill("SIGKILL");
    await ended;
    return printed === "" ? `no answer within ${timeoutMs} ms` : printed;
  }

  const stop = async (): Promise<void> => {
    if (isRunning(child)) child.kill("SIGTERM");
    const timer = setTimeout(killWithUs, timeoutMs);
    await ended;
    clearTimeout(timer);
  };
  return {
    url,
    processId: child.pid ?? 0,
    metrics: async () => await text(`${url}/metrics`),
    wipe: async () => await wipe(url),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null && child.pid !== undefined;
}

async function untilReady(
  url: string,
  child: ChildProcess,
  deadline: AbortSignal,
): Promise<"ready" | "ended"> {
  while (isRunning(child) && !deadline.aborted) {
    const ready = await fetch(`${url}/-/ready`, { signal: deadline }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return "ready";
    await pause(POLL_MS);
  }
  return "ended";
}

async function wipe(url: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/admin/wipe`, { method: "PUT" });
  if (!response.ok) throw new Error(`wipe: ${response.status} ${await response.text()}`);
  // Deletions are queued, and mostly done within a millisecond.
  const deadline = Date.now() + WIPE_TIMEOUT_MS;
  for (let waitMs = 1; Date.now() < deadline; waitMs = Math.min(2 * waitMs, POLL_MS)) {
    const { data } = JSON.parse(await text(`${url}/api/v1/metrics`)) as { data?: unknown[] };
    if (data === undefined || data.length === 0) return;
    await pause(waitMs);
  }
  throw new Error(`wipe: groups are left after ${WIPE_TIMEOUT_MS} ms`);
}

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  const body = await response.text();
  if (response.status !== 200)
    throw new Error(`${url} answered ${response.status}: ${body.slice(0, 500)}`);
  return body;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
