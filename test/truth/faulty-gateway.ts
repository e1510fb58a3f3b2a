import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RealGateway, startRealGateway } from "../pushgateway/real.js";
import type { GatewayFault } from "./faults.js";
import type { Random } from "./random.js";

/** A real gateway, with a network before it that can do wrong. */
export interface FaultyGateway {
  readonly url: string;
  /** Has the fault from now on; undefined: none. */
  set(fault: GatewayFault | undefined): Promise<void>;
  /** Resolves when every push that was held back has been applied. */
  settled(): Promise<void>;
  /** What a scrape of the real gateway gets. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** How one fault treats a push. */
interface Push {
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Has the gateway apply it; resolves with the status. */
  apply(): Promise<number>;
}

const FLAGS = ["--persistence.interval=1h", "--log.level=warn"];

export async function startFaultyGateway(random: Random): Promise<FaultyGateway> {
  const folder = await mkdtemp(join(tmpdir(), "truth-gateway-"));
  const options = { persistenceFile: join(folder, "groups"), flags: FLAGS };
  let gateway: RealGateway = await startRealGateway(options);
  let restarting: Promise<void> | undefined;
  let fault: GatewayFault | undefined;
  const held = new Set<Promise<unknown>>();
  const sockets = new Set<Socket>();
  const swallowing = new WeakSet<Socket>();

  const answer = async ({ response, apply }: Push) => {
    const status = await apply();
    response.writeHead(status).end();
  };
  const never = () => undefined;

  const treat: Record<GatewayFault, (push: Push) => unknown> = {
    "gateway-down": ({ socket }) => socket.destroy(),
    "gateway-hangs": never,
    async "gateway-slow"(push) {
      await sleep(random.between(200, 900));
      await answer(push);
    },
    async "gateway-5xx"({ response, apply }) {
      const status = random.oneOf([500, 503, 429, 502]);
      if (status === 502) await apply();
      response.writeHead(status).end("too bad\n");
    },
    async "gateway-restart"(push) {
      await restarting;
      await answer(push);
    },
    async reset({ socket, apply }) {
      if (random.chance(0.5)) await apply();
      socket.resetAndDestroy();
    },
    late({ apply, socket }) {
      const applied = sleep(random.between(100, 1_500)).then(apply);
      held.add(applied);
      void applied.finally(() => held.delete(applied));
      if (random.chance(0.5)) socket.resetAndDestroy();
    },
    stale: answer,
    blackhole: answer,
  };

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket, url, method, headers } = request;
    const body = Buffer.concat(await request.toArray());
    if (swallowing.has(socket)) return;
    const apply = async () => {
      const { status } = await fetch(gateway.url + url, {
        method: method!,
        headers: headers["content-encoding"]
          ? { "content-encoding": headers["content-encoding"] }
          : {},
        body,
      });
      return status;
    };
    const push: Push = { response, socket, apply };
    await (fault ? treat[fault] : answer)(push);
  }

  const server = createServer((request, response) => {
    // A connection that was cut, or a gateway that is just being stopped.
    receive(request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 0;
  server.on("connection", (socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  async function restart(): Promise<void> {
    await gateway.stop();
    gateway = await startRealGateway(options);
  }

  async function begin(begun: GatewayFault | undefined): Promise<void> {
    if (begun === "gateway-restart") restarting = restart();
    if (begun === "blackhole") for (const socket of sockets) swallowing.add(socket);
    if (begun === "gateway-down") server.close();
    if (begun === "gateway-down" || begun === "stale")
      for (const socket of sockets) socket.destroy();
    if (begun === "gateway-down") await once(server, "close");
  }

  async function end(ended: GatewayFault | undefined): Promise<void> {
    if (ended === "gateway-down") await listen(port);
    if (ended === "gateway-hangs" || ended === "blackhole")
      for (const socket of sockets) socket.destroy();
  }

  return {
    url: `http://127.0.0.1:${port}`,
    async set(next) {
      await end(fault);
      await restarting;
      fault = next;
      await begin(next);
    },
    async settled() {
      await restarting;
      await Promise.all(held);
    },
    metrics: () => gateway.metrics(),
    async stop() {
      await restarting;
      if (server.listening) server.close();
      for (const socket of sockets) socket.destroy();
      await gateway.stop();
      await rm(folder, { recursive: true });
    },
  };
}
