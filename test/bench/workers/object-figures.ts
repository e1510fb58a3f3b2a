import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { bundleWorker } from "../../workers/bundle-worker.js";
import { pushedSnapshots } from "../aggregator/fleet.js";
import { cpuUsOf } from "../cpu-us-of.js";
import { type BenchFigure, unlimited } from "../figure.js";
import { quantile } from "../quantile.js";
import type { Load, Loaded } from "./object-load.js";
import { workerdProcesses } from "./worker-process.js";

/** Isolates that push to the object, each with some pushes under way. */
const WORKERS = ["one", "two", "three", "four"];
const AT_ONCE = 4;
/** Pushes of one request. */
const AT_MOST = 250;

/** The aggregator object on this machine: pushes that it takes, and what Cloudflare bills for them. */
export async function* objectFigures(quick: boolean): AsyncGenerator<readonly BenchFigure[]> {
  const bodies = await pushedSnapshots();
  for (const lives of quick ? [100] : [1_000, 10_000]) {
    const object = await startObject(bodies);
    try {
      yield await figuresWith(object, lives, quick ? 400 : 5_000);
    } finally {
      await object.stop();
    }
  }
}

async function figuresWith(
  object: BenchObject,
  lives: number,
  count: number,
): Promise<readonly BenchFigure[]> {
  const name = (figure: string) => `object_${lives}_lives_${figure}`;
  await object.load(1, 1, 1);
  const emptyMb = object.residentMb();
  await object.rows();
  const begun = await object.load(lives, lives, AT_ONCE);
  const rowsOfNewLife = (await object.rows()) / lives;
  const filledMb = object.residentMb();
  const cpuUs = object.cpuUs();
  const { tookMs, latenciesMs } = await object.load(lives, count, AT_ONCE);
  const usedUs = object.cpuUs() - cpuUs;
  const rows = (await object.rows()) / count;
  const alone = await object.load(lives, Math.min(count, 1_000), 1, 1);
  await object.ring();
  await object.rows();
  await object.load(lives, 1, 1, 1);
  await object.ring();
  return [
    unlimited(name("pushes"), (count / tookMs) * 1_000, "/s"),
    unlimited(name("new_lives"), (lives / begun.tookMs) * 1_000, "/s"),
    unlimited(name("take_p50"), quantile(latenciesMs, 0.5), "ms"),
    unlimited(name("take_p99"), quantile(latenciesMs, 0.99), "ms"),
    unlimited(name("take_alone_p50"), quantile(alone.latenciesMs, 0.5), "ms"),
    unlimited(name("take_alone_p99"), quantile(alone.latenciesMs, 0.99), "ms"),
    unlimited(name("cpu_of_push_and_its_sender"), usedUs / count, "us"),
    unlimited(name("rows_of_push"), rows, "rows"),
    unlimited(name("rows_of_new_life"), rowsOfNewLife, "rows"),
    unlimited(name("rows_of_alarm"), await object.rows(), "rows"),
    unlimited(name("resident"), filledMb - emptyMb, "MB"),
  ];
}

interface BenchObject {
  /** Pushes, from several isolates, each with some lives of its own. */
  load(
    lives: number,
    count: number,
    atOnce: number,
    workers?: number,
  ): Promise<Loaded & { readonly tookMs: number }>;
  /** @returns how many rows were written since the last call */
  rows(): Promise<number>;
  /** Does the work of an alarm. */
  ring(): Promise<void>;
  residentMb(): number;
  cpuUs(): number;
  stop(): Promise<void>;
}

async function startObject(bodies: readonly string[]): Promise<BenchObject> {
  const entry = fileURLToPath(new URL("functions/object-load.ts", import.meta.url));
  const contents = await bundleWorker(entry);
  const before = new Set(workerdProcesses());
  const gateway = createServer((request, response) =>
    request.on("end", () => response.end()).resume(),
  ).listen(0, "127.0.0.1");
  await once(gateway, "listening");
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: () => undefined,
    workers: WORKERS.map((name) => ({
      name,
      modules: [{ type: "ESModule" as const, path: "worker.mjs", contents }],
      compatibilityDate: "2026-04-01",
      bindings: { PUSHGATEWAY_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}` },
      durableObjects: {
        OBJECT: {
          className: "MeasuredAggregator",
          useSQLite: true,
          ...(name !== WORKERS[0] && { scriptName: WORKERS[0]! }),
        },
      },
      unsafeDirectSockets: [{}],
    })),
  });
  await miniflare.ready;
  const pid = workerdProcesses().find((found) => !before.has(found))!;
  const urls = await Promise.all(WORKERS.map((name) => miniflare.unsafeGetDirectURL(name)));
  const ask = async (url: URL, path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(new URL(path, url), {
      method: "POST",
      // workerd closes idle connections, and a request on one of them would fail.
      headers: { connection: "close" },
      body: JSON.stringify(body),
    });
    if (response.status !== 200) throw new Error(await response.text());
    return response.json();
  };
  for (const url of urls) await ask(url, "/bodies", bodies);
  return {
    async load(lives, count, atOnce, workers = urls.length) {
      const loads = urls.slice(0, workers).map(async (url, i): Promise<Loaded[]> => {
        const done: Loaded[] = [];
        const all = Math.ceil(count / workers);
        for (let sent = 0; sent < all; sent += AT_MOST) {
          const share: Load = {
            first: i * lives,
            lives: Math.ceil(lives / workers),
            count: Math.min(AT_MOST, all - sent),
            atOnce,
          };
          done.push((await ask(url, "/load", share)) as Loaded);
        }
        return done;
      });
      const startedMs = performance.now();
      const all = (await Promise.all(loads)).flat();
      const tookMs = performance.now() - startedMs;
      const refused = all.flatMap((each) => each.refused);
      if (refused.length > 0) throw new Error(`pushes were answered ${refused.join()}`);
      return {
        tookMs,
        latenciesMs: all.flatMap((each) => each.latenciesMs),
        refused,
      };
    },
    rows: async () => (await ask(urls[0]!, "/rows", null)) as number,
    async ring() {
      await ask(urls[0]!, "/ring", null);
    },
    residentMb: () => residentMbOf(pid),
    cpuUs: () => cpuUsOf(pid),
    async stop() {
      await miniflare.dispose();
      gateway.close();
      gateway.closeAllConnections();
    },
  };
}

function residentMbOf(pid: number): number {
  const [, kb = "0"] =
    /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kb) / 1_024;
}
