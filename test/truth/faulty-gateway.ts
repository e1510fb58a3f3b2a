import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithThisProcess } from "@prefreeze/lambda-emulator/end-with-this-process";
import { ownPort } from "../loopback/own-port.js";
import { type RealGateway, startRealGateway } from "../pushgateway/real.js";
import type { GatewayFault } from "./faults.js";
import type { Random } from "./random.js";

/** A real gateway behind a network that can fail. */
export interface FaultyGateway {
  readonly url: string;
  /** Turns on a fault in place of the previous one; undefined: no fault. */
  set(fault: GatewayFault | undefined): Promise<void>;
  /** Resolves when the gateway runs and no push is held back any more. */
  settled(): Promise<void>;
  /** How often each fault took effect: on pushes, on connections or, if it affects neither, on the gateway. */
  struck(): Readonly<Record<string, number>>;
  /** A scrape of the real gateway. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** A push to be treated according to the fault. */
interface Push {
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Passes the push on to the gateway. @returns its status */
  apply(): Promise<number>;
}

/** Faults that are counted for each push; the others are counted when they begin. */
const COUNTED_PER_PUSH = new Set<GatewayFault>([
  "gateway-slow",
  "gateway-hangs",
  "gateway-5xx",
  "reset",
  "late",
]);
const FLAGS = ["--persistence.interval=1h", "--log.level=warn"];

/** @param random decides how a fault treats each push */
export async function startFaultyGateway(random: Random): Promise<FaultyGateway> {
  const folder = await mkdtemp(join(tmpdir(), "truth-gateway-"));
  const options = { persistenceFile: join(folder, "groups"), flags: FLAGS };
  let gateway: RealGateway = await startRealGateway(options);
  // Stops the gateway also if a signal ends this process during a run.
  const release = endWithThisProcess(() => {
    try {
      process.kill(gateway.processId, "SIGKILL");
    } catch {
      // The gateway is being restarted at this moment.
    }
    rmSync(folder, { recursive: true, force: true });
  });
  let restarting: Promise<void> | undefined;
  let fault: GatewayFault | undefined;
  const unfinished = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  const swallowing = new WeakSet<Socket>();
  const struck: Record<string, number> = {};
  const strike = (what: GatewayFault) => (struck[what] = (struck[what] ?? 0) + 1);

  const answer = async ({ response, apply }: Push) => {
    const status = await apply();
    response.writeHead(status).end();
  };
  const cut = ({ socket }: Push) => socket.resetAndDestroy();

  const treat: Record<GatewayFault, (push: Push) => unknown> = {
    "gateway-down": cut,
    "gateway-hangs": () => undefined,
    async "gateway-slow"(push) {
      await sleep(random.between(200, 900));
      await answer(push);
    },
    async "gateway-5xx"({ response, apply }) {
      const status = random.oneOf([500, 503, 429, 502]);
      if (status === 502) await apply();
      response.writeHead(status).end("too bad\n");
    },
    "gateway-restart": (push) => (restarting ? cut(push) : answer(push)),
    async reset(push) {
      const moment = random.oneOf(["before", "after", "during the answer"]);
      if (moment !== "before") await push.apply();
      if (moment === "during the answer")
        await new Promise<void>((resolve) => push.socket.write("HTTP/1.1 2", () => resolve()));
      cut(push);
    },
    late(push) {
      if (random.chance(0.5)) cut(push);
      return sleep(random.between(100, 1_500)).then(push.apply);
    },
    stale: answer,
    blackhole: answer,
  };

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket, url, method, headers } = request;
    const body = Buffer.concat(await request.toArray());
    if (swallowing.has(socket)) return void strike("blackhole");
    const apply = async () => {
      const { status } = await fetch(gateway.url + url, {
        method: method!,
        headers: headers["content-encoding"]
          ? { "content-encoding": headers["content-encoding"] }
          : {},
        ...(method !== "GET" && { body }),
      });
      return status;
    };
    const push: Push = { response, socket, apply };
    if (!fault) return answer(push);
    if (COUNTED_PER_PUSH.has(fault)) strike(fault);
    await treat[fault](push);
  }

  const server = createServer((request, response) => {
    // If the connection was cut or the gateway is being stopped, the push fails for good.
    const received = receive(request, response).catch(() => void request.socket.destroy());
    unfinished.add(received);
    void received.finally(() => unfinished.delete(received));
  });
  server.keepAliveTimeout = 0;
  server.on("connection", (socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  // While the gateway is down, no other server may answer in its place.
  const port = await ownPort();
  await listen(port);

  async function restart(): Promise<void> {
    await gateway.stop();
    gateway = await startRealGateway(options);
    restarting = undefined;
  }

  const begin: Partial<Record<GatewayFault, () => unknown>> = {
    async "gateway-down"() {
      strike("gateway-down");
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
    "gateway-restart"() {
      strike("gateway-restart");
      restarting = restart();
    },
    stale() {
      for (const socket of sockets) {
        strike("stale");
        socket.destroy();
      }
    },
    blackhole() {
      for (const socket of sockets) swallowing.add(socket);
    },
  };

  async function end(ended: GatewayFault | undefined): Promise<void> {
    if (ended === "gateway-down") await listen(port);
    if (ended === "gateway-hangs") for (const socket of sockets) socket.destroy();
  }

  return {
    url: `http://127.0.0.1:${port}`,
    async set(next) {
      await end(fault);
      await restarting;
      fault = next;
      if (next) await begin[next]?.();
    },
    async settled() {
      await restarting;
      await Promise.all(unfinished);
    },
    struck: () => struck,
    async metrics() {
      await restarting;
      return gateway.metrics();
    },
    async stop() {
      await restarting;
      if (server.listening) server.close();
      for (const socket of sockets) socket.destroy();
      await gateway.stop();
      release();
      await rm(folder, { recursive: true });
    },
  };
}
