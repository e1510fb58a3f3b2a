import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ownPort } from "../loopback/own-port.js";
import type { Readings } from "./oracle.js";
import { type GatewayFault, isReceiverFault, type NetworkFault } from "./faults.js";
import type { Random } from "./random.js";
import type { Receiver } from "./receiver.js";

/** A gateway or an aggregator behind a network that can fail. */
export interface FaultyGateway {
  readonly url: string;
  /** Turns on a fault in place of the previous one; undefined: no fault. */
  set(fault: GatewayFault | undefined): Promise<void>;
  /** Resolves when the gateway runs and no push is held back any more. */
  settled(): Promise<void>;
  /** How often each fault took effect: on pushes, on connections or, if it affects neither, on the gateway. */
  struck(): Readonly<Record<string, number>>;
  /** What the gateway has of each environment. */
  readings(): Promise<Readings>;
  stop(): Promise<void>;
}

/** A push to be treated according to the fault. */
interface Push {
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Passes the push on to the gateway. @returns its status */
  apply(): Promise<number>;
}

/** Faults that are counted for pushes; the others are counted when they begin. */
const COUNTED_PER_PUSH = new Set<GatewayFault>([
  "gateway-slow",
  "gateway-hangs",
  "gateway-5xx",
  "reset",
  "late",
  "aggregator-in-doubt",
]);

const PASSED_ON = ["content-type", "content-encoding"];

/**
 * @param receiver what is behind the network
 * @param random decides how a fault treats each push
 */
export async function startFaultyGateway(
  receiver: Receiver,
  random: Random,
): Promise<FaultyGateway> {
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

  const treat: Record<NetworkFault, (push: Push) => unknown> = {
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
    const passedOn = Object.fromEntries(
      PASSED_ON.flatMap((name) => {
        const value = headers[name];
        return typeof value === "string" ? [[name, value]] : [];
      }),
    );
    const apply = () => receiver.apply({ method: method!, path: url!, headers: passedOn, body });
    const push: Push = { response, socket, apply };
    if (fault === "aggregator-in-doubt" && random.chance(0.3)) {
      await apply();
      cut(push);
      return;
    }
    if (!fault || isReceiverFault(fault)) return answer(push);
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

  const begin: Partial<Record<GatewayFault, () => unknown>> = {
    async "gateway-down"() {
      strike("gateway-down");
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
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
    if (ended !== undefined && isReceiverFault(ended)) await receiver.end(ended);
    if (ended === "gateway-down") await listen(port);
    if (ended === "gateway-hangs") for (const socket of sockets) socket.destroy();
  }

  return {
    url: `http://127.0.0.1:${port}`,
    async set(next) {
      await end(fault);
      await receiver.settled();
      fault = next;
      if (next === undefined) return;
      if (isReceiverFault(next)) {
        if (!COUNTED_PER_PUSH.has(next)) strike(next);
        await receiver.begin(next);
      } else await begin[next]?.();
    },
    async settled() {
      await receiver.settled();
      await Promise.all(unfinished);
    },
    struck: () => ({ ...struck, ...receiver.struck?.() }),
    readings: () => receiver.readings(),
    async stop() {
      if (server.listening) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
