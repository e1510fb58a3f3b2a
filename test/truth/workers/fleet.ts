import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare, Response as MiniflareResponse } from "miniflare";
import { request } from "./request.js";
import { bundleWorker } from "../../workers/bundle-worker.js";
import type { ObjectOrder } from "./function/aggregator.js";
import type { Call } from "./function/caller.js";
import type { RpcFate } from "./function/faulty-rpc.js";
import type { WorkerNote, WorkerOrder } from "./function/order.js";

/** One Worker, which is one isolate of its process. */
export interface WorkerSpec {
  readonly name: string;
  /** A file in `function/`, without its extension. */
  readonly entry: string;
  /** @param life rises when the Workers begin another life */
  bindings(life: number): Readonly<Record<string, string>>;
  /** Where it finds the aggregator object. Default: nowhere. */
  readonly aggregator?: "its own" | { readonly of: string };
}

/** What a caller received, in comparable form. */
export interface Response {
  readonly event: WorkerOrder;
  /** The name of the Worker. */
  readonly of: string;
  readonly answer: string;
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
}

/** Workers in one process of workerd, and their callers. */
export interface WorkerFleet {
  readonly names: readonly string[];
  /** As it was last given to `restart`, at first 0. */
  readonly life: number;
  /** The jobs of the Workers in this life. */
  jobs(): ReadonlySet<string>;
  /** Calls the Workers in turn. Resolves when all calls are answered and everything that they began has ended. */
  invoke(orders: readonly WorkerOrder[]): Promise<Response[]>;
  /** Does something to the objects that a Worker pushes to. */
  order(name: string, order: ObjectOrder): Promise<void>;
  notes(): readonly WorkerNote[];
  /**
   * Kills the process, and starts another one with the same storage.
   *
   * @param life see `WorkerSpec`
   */
  restart(life: number): Promise<void>;
  stop(): Promise<void>;
}

const CALLER = "caller";
const AGGREGATOR = "PrefreezeAggregator";
const CALLS_AT_ONCE = 16;
const POLL_MS = 10;
/** An alarm that threw is tried again after two seconds. */
const ENDS_WITHIN_MS = 20_000;

/** @param rpcFate tells what becomes of a call of the aggregator object */
export async function startWorkerFleet(
  specs: readonly WorkerSpec[],
  rpcFate: () => RpcFate = () => "made",
): Promise<WorkerFleet> {
  const folder = await mkdtemp(join(tmpdir(), "truth-workers-"));
  const notes: WorkerNote[] = [];
  const NOTES = async (request: { json(): Promise<unknown> }) => {
    notes.push((await request.json()) as WorkerNote);
    return new MiniflareResponse();
  };
  const names = specs.map(({ name }) => name);
  const common = {
    compatibilityDate: "2026-04-01",
    unsafeDirectSockets: [{}],
  };
  const RPC_FATES = async () => new MiniflareResponse(rpcFate());
  const modules = new Map<string, Awaited<ReturnType<typeof modulesOf>>>();
  for (const { entry } of [{ entry: CALLER }, ...specs])
    if (!modules.has(entry)) modules.set(entry, await modulesOf(entry));
  const optionsAt = (life: number) => ({
    host: "127.0.0.1",
    port: 0,
    cf: false as const,
    telemetry: { enabled: false },
    stripCfConnectingIp: false,
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: ({ message }: { message: string }) => {
      if (process.env["TRUTH_LOGS"] !== undefined) console.error(message);
    },
    durableObjectsPersist: join(folder, "objects"),
    workflowsPersist: join(folder, "workflows"),
    workers: [
      {
        name: CALLER,
        modules: modules.get(CALLER)!,
        ...common,
        compatibilityFlags: ["service_binding_extra_handlers"],
        serviceBindings: Object.fromEntries(
          names.flatMap((name): [string, string | { name: string; entrypoint: string }][] => [
            [name, name],
            [`${name}_ORDERS`, { name, entrypoint: "Orders" }],
          ]),
        ),
        durableObjects: Object.fromEntries(
          names.map((name) => [`${name}_BASKET`, { className: "Basket", scriptName: name }]),
        ),
        workflows: Object.fromEntries(
          names.map((name) => [
            `${name}_FLOW`,
            { name: `${name}-flow`, className: "Fulfilment", scriptName: name },
          ]),
        ),
      },
      ...specs.map(({ name, entry, bindings, aggregator }) => ({
        name,
        modules: modules.get(entry)!,
        ...common,
        bindings: bindings(life),
        ...(aggregator !== undefined && {
          unsafeDirectSockets: [{}, { entrypoint: "Control" }],
        }),
        serviceBindings: { NOTES, ...(aggregator !== undefined && { RPC_FATES }) },
        durableObjects: {
          BASKET: { className: "Basket", useSQLite: true },
          ...(typeof aggregator === "object" && {
            PREFREEZE: {
              className: AGGREGATOR,
              useSQLite: true,
              ...(aggregator.of !== name && { scriptName: aggregator.of }),
            },
          }),
        },
        ...(aggregator === "its own" && {
          additionalUnboundDurableObjects: [{ className: AGGREGATOR, useSQLite: true }],
        }),
      })),
    ],
  });
  let life = 0;
  const miniflare = new Miniflare(optionsAt(life));
  await miniflare.ready;

  async function answerOf(of: string, order: WorkerOrder): Promise<string> {
    // Of clients that go away, this version of workerd tells nobody now and then, not even the bare Worker. Another Worker
    // as the client is always noticed.
    if (order.way === "fetch" && order.kind !== "disconnect")
      return JSON.stringify(await request(await miniflare.unsafeGetDirectURL(of), order));
    const call: Call = { of, order };
    return (await request(await miniflare.unsafeGetDirectURL(CALLER), call)).at(-1) as string;
  }

  async function call(of: string, event: WorkerOrder): Promise<Response> {
    const startedMs = performance.now();
    const answer = await answerOf(of, event);
    return { event, of, answer, tookMs: performance.now() - startedMs };
  }

  /** What a call begins and does not wait for: an alarm. */
  async function untilEnded(orders: readonly WorkerOrder[]): Promise<void> {
    const missing = new Set(orders.filter(({ way }) => way === "alarm").map(({ id }) => id));
    const untilMs = performance.now() + ENDS_WITHIN_MS;
    while (missing.size > 0) {
      for (const { at, id } of notes) if (at === "end") missing.delete(id);
      if (missing.size === 0) return;
      if (performance.now() > untilMs) throw new Error(`no alarm for ${[...missing].join()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  return {
    names,
    get life() {
      return life;
    },
    jobs: () => new Set(specs.map(({ bindings }) => bindings(life)["PREFREEZE_JOB"]!)),
    async invoke(orders) {
      const waiting = orders.entries();
      const responses: Response[] = [];
      const caller = async () => {
        for (const [index, order] of waiting)
          responses.push(await call(names[index % names.length]!, order));
      };
      await Promise.all(Array.from({ length: CALLS_AT_ONCE }, caller));
      await untilEnded(orders);
      return responses;
    },
    async order(name, order) {
      const url = await miniflare.unsafeGetDirectURL(name, "Control");
      const response = await fetch(url, { method: "POST", body: order });
      if (!response.ok) throw new Error(`${name}: ${order}: ${await response.text()}`);
    },
    notes: () => notes,
    async restart(next) {
      life = next;
      await miniflare.setOptions(optionsAt(life));
    },
    async stop() {
      await miniflare.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const bundles = new Map<string, Promise<string>>();

async function modulesOf(entry: string) {
  const path = fileURLToPath(new URL(`function/${entry}.ts`, import.meta.url));
  if (!bundles.has(entry)) bundles.set(entry, bundleWorker(path));
  return [{ type: "ESModule" as const, path: `${entry}.mjs`, contents: await bundles.get(entry)! }];
}
