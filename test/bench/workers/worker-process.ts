import { readdirSync, readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { Log, LogLevel, Miniflare } from "miniflare";
import { cpuUsOf } from "../cpu-us-of.js";
import { bundleWorker } from "../../workers/bundle-worker.js";

/** A Worker in a process of workerd of its own. */
export interface WorkerProcess {
  /** Sends a request on a kept connection. @returns how long the answer and its body took, in milliseconds */
  request(): Promise<number>;
  /** The CPU time that all threads of the process have used, in microseconds. */
  cpuUs(): number;
  stop(): Promise<void>;
}

export interface WorkerProcessOptions {
  readonly entry: string;
  readonly bindings: Readonly<Record<string, string>>;
  /** Its entry exports the aggregator object. */
  readonly aggregator?: boolean;
}

export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { entry, bindings, aggregator = false } = options;
  const contents = await bundleWorker(entry);
  const before = new Set(workerdProcesses());
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    stripCfConnectingIp: false,
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: () => undefined,
    name: "worker",
    modules: [{ type: "ESModule", path: "worker.mjs", contents }],
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    bindings: { ...bindings },
    // Straight to the Worker: miniflare's own one would be measured, too.
    unsafeDirectSockets: [{}],
    ...(aggregator && {
      durableObjects: { PREFREEZE: { className: "PrefreezeAggregator", useSQLite: true } },
    }),
  });
  await miniflare.ready;
  const url = new URL("/orders?plan=pro", await miniflare.unsafeGetDirectURL("worker"));
  const pid = workerdProcesses().find((found) => !before.has(found));
  const agent = new Agent({ keepAlive: true });
  return {
    request: () =>
      new Promise((resolve, reject) => {
        const startedMs = performance.now();
        get(url, { agent }, (response) => {
          if (response.statusCode !== 200) reject(new Error(`${entry}: ${response.statusCode}`));
          response.on("end", () => resolve(performance.now() - startedMs)).resume();
        }).on("error", reject);
      }),
    cpuUs: () => cpuUsOf(pid!),
    async stop() {
      agent.destroy();
      await miniflare.dispose();
    },
  };
}

/** The processes of workerd that this process has started. */
export function workerdProcesses(): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, program, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(
        readFileSync(`/proc/${name}/stat`, "utf8"),
      )!;
      return program === "workerd" && Number(parent) === process.pid ? [Number(name)] : [];
    } catch {
      // It ended in the meantime.
      return [];
    }
  });
}
