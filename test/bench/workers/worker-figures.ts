import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createPlainServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { type BenchFigure, limited, unlimited } from "../figure.js";
import { median, quantile } from "../quantile.js";
import {
  startWorkerProcess,
  type WorkerProcess,
  type WorkerProcessOptions,
} from "./worker-process.js";

/** The lane with the peers. */
export const WORKER_PEERS = fileURLToPath(
  new URL("../../../packages/cloudflare-workers/test/peers", import.meta.url),
);

/** The port of the discard service: nothing listens there, and the system never assigns it. */
const REFUSING_PORT = 9;
const SLOW_MS = 1_000;

type Sides = Readonly<Record<string, WorkerProcessOptions>>;

/**
 * What a wrapped `fetch` costs in workerd: CPU beside the bare Worker and beside peers, and what its response takes
 * longer with broken gateways.
 */
export async function* workerFigures(quick: boolean): AsyncGenerator<readonly BenchFigure[]> {
  await installLane(WORKER_PEERS);
  const sink = await listening(answeringAfter(0));
  const slow = await listening(answeringAfter(SLOW_MS));
  const hanging = await listening(
    createPlainServer((socket) => socket.on("error", () => undefined).resume()),
  );
  try {
    yield await cpuFigures(quick, sink.port);
    yield await latencyFigures(quick, {
      gateway_hangs: hanging.port,
      gateway_refuses: REFUSING_PORT,
      gateway_takes_1s: slow.port,
    });
  } finally {
    for (const { stop } of [sink, slow, hanging]) stop();
  }
}

const own = (name: string) => fileURLToPath(new URL(`functions/${name}.ts`, import.meta.url));
const peer = (name: string) => `${WORKER_PEERS}/bench-${name}.mjs`;
const pushingTo = (port: number) => ({ PUSHGATEWAY_URL: `http://127.0.0.1:${port}` });

const AT_ONCE = 4;

async function cpuFigures(quick: boolean, port: number): Promise<readonly BenchFigure[]> {
  const bindings = { ...pushingTo(port), SINK: `127.0.0.1:${port}` };
  const ours: Sides = {
    bare: { entry: own("bare"), bindings },
    put: { entry: own("put"), bindings: { ...bindings, SNAPSHOT: await pushedSnapshot() } },
    prefreeze: { entry: own("prefreeze"), bindings },
  };
  const sides: Sides = {
    ...ours,
    aggregator: { entry: own("aggregator"), bindings, aggregator: true },
    sentry: { entry: peer("sentry"), bindings },
    otel_cf_workers: { entry: peer("otel-cf-workers"), bindings },
  };
  const atOnce = await cpuOfRequests(quick, sides, AT_ONCE);
  const apart = await cpuOfRequests(quick, ours, 1);
  // Neighbouring blocks find the machine equally busy, so the differences are those of the Workers.
  const added = (name: string, us = atOnce) => median(us.map((of) => of[name]! - of["bare"]!));
  const ofPut = (us: readonly Us[]) => median(us.map((of) => of["prefreeze"]! / of["put"]!));
  const figure = "workers_added_cpu_per_fetch";
  return [
    // The limits are the goal.
    limited(figure, added("prefreeze"), "us", "<=", 100),
    limited(`${figure}_one_at_a_time`, added("prefreeze", apart), "us", "<=", 100),
    limited(`${figure}_aggregator`, added("aggregator"), "us", "<=", 100),
    unlimited(`${figure}_put`, added("put"), "us"),
    unlimited(`${figure}_put_one_at_a_time`, added("put", apart), "us"),
    unlimited(`${figure}_sentry`, added("sentry"), "us"),
    unlimited(`${figure}_otel_cf_workers`, added("otel_cf_workers"), "us"),
    unlimited("workers_cpu_per_fetch_put_ratio", ofPut(atOnce), "x"),
    unlimited("workers_cpu_per_fetch_put_ratio_one_at_a_time", ofPut(apart), "x"),
    unlimited("workers_cpu_per_fetch_bare", median(atOnce.map((of) => of["bare"]!)), "us"),
  ];
}

/** The CPU time of a request to each Worker. One of prefreeze pushes at most once a second, that with a PUT each time. */
type Us = Readonly<Record<string, number>>;

async function cpuOfRequests(quick: boolean, sides: Sides, clients: number): Promise<Us[]> {
  const { processes, warmUp, blocks, requests } = quick
    ? { processes: 1, warmUp: 200, blocks: 2, requests: 300 }
    : { processes: 3, warmUp: 3_000, blocks: 4, requests: 2_000 };
  const measured: Us[] = [];
  for (let n = 0; n < processes; n++)
    await withProcesses(sides, async (started) => {
      for (const process of Object.values(started)) await many(process, warmUp, clients);
      for (let block = 0; block < blocks; block++) {
        const us: Record<string, number> = {};
        for (const [name, process] of inTurn(started, block)) {
          const before = process.cpuUs();
          await many(process, requests, clients);
          us[name] = (process.cpuUs() - before) / requests;
        }
        measured.push(us);
      }
    });
  return measured;
}

/** What the wrapped Worker pushes, with numbers of several digits. */
async function pushedSnapshot(): Promise<string> {
  let snapshot = "";
  const gateway = await listening(
    createServer((request, response) => {
      void text(request).then((body) => {
        snapshot = body;
        response.end();
      });
    }),
  );
  try {
    const worker = { entry: own("prefreeze"), bindings: pushingTo(gateway.port) };
    await withProcesses({ worker }, async (started) => many(started["worker"]!, 20, 1));
  } finally {
    gateway.stop();
  }
  return snapshot;
}

async function latencyFigures(
  quick: boolean,
  ports: Readonly<Record<string, number>>,
): Promise<readonly BenchFigure[]> {
  const sides: Record<string, WorkerProcessOptions> = {
    bare: { entry: own("bare"), bindings: {} },
  };
  for (const [name, port] of Object.entries(ports)) {
    const bindings = pushingTo(port);
    sides[name] = { entry: own("prefreeze"), bindings };
    sides[`aggregator_${name}`] = { entry: own("aggregator"), bindings, aggregator: true };
  }
  const { warmUp, rounds } = quick ? { warmUp: 20, rounds: 100 } : { warmUp: 500, rounds: 3_000 };
  const took: Record<string, number[]> = Object.fromEntries(
    Object.keys(sides).map((name) => [name, []]),
  );
  await withProcesses(sides, async (started) => {
    for (let round = -warmUp; round < rounds; round++)
      for (const [name, process] of inTurn(started, round + warmUp)) {
        const ms = await process.request();
        if (round >= 0) took[name]!.push(ms);
      }
  });
  const bare = took["bare"]!;
  return [
    ...Object.keys(sides).flatMap((name) => {
      if (name === "bare") return [];
      const differences = took[name]!.map((ms, round) => ms - bare[round]!);
      const p99 = quantile(took[name]!, 0.99) - quantile(bare, 0.99);
      return [
        limited(`workers_added_latency_${name}_p50`, median(differences), "ms", "<=", 0.2),
        unlimited(`workers_added_latency_${name}_p99`, p99, "ms"),
      ];
    }),
    unlimited("workers_latency_bare_p50", median(bare), "ms"),
  ];
}

async function withProcesses(
  sides: Sides,
  use: (started: Readonly<Record<string, WorkerProcess>>) => Promise<void>,
): Promise<void> {
  const started: Record<string, WorkerProcess> = {};
  try {
    for (const [name, options] of Object.entries(sides))
      started[name] = await startWorkerProcess(options);
    await use(started);
  } finally {
    await Promise.all(Object.values(started).map((process) => process.stop()));
  }
}

/** Each time another one goes first. */
function inTurn<T>(started: Readonly<Record<string, T>>, round: number): [string, T][] {
  const entries = Object.entries(started);
  return entries.map((_entry, place) => entries[(place + round) % entries.length]!);
}

async function many(process: WorkerProcess, requests: number, clients: number): Promise<void> {
  let left = requests;
  const client = async () => {
    while (left-- > 0) await process.request();
  };
  await Promise.all(Array.from({ length: clients }, client));
}

function answeringAfter(ms: number): Server {
  return createServer((request, response) => {
    request.resume().on("end", () => setTimeout(() => response.end(), ms));
  });
}

async function listening(server: Server): Promise<{ readonly port: number; stop(): void }> {
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
