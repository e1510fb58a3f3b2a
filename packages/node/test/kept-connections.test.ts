import type { Transport } from "@prefreeze/core";
import { pushgateway } from "../../core/test/internals.js";
import { httpTransport } from "@prefreeze/node";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Core, freshCore } from "../../core/test/core.js";
import { startInstance } from "../../core/test/fake-platform.js";
import { ownPort } from "../../../test/loopback/own-port.js";
import { nodeHttpTransport } from "../src/transport/node-http-transport.js";
import { recordingServer } from "./recording-server.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

/** Collects warnings until the test ends. */
function collectWarnings() {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  onTestFinished(() => warn.mockRestore());
  return warn;
}

/** Only the date is faked: the sockets are real. */
function advanceDate(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  onTestFinished(() => void vi.useRealTimers());
}

const transports: [string, Transport][] = [
  ["httpTransport", httpTransport],
  ["nodeHttpTransport", nodeHttpTransport],
];

describe.each(transports)("%s", (_, transport) => {
  /** An instance that pushes its orders by the transport under test. */
  function startOrders(url: string | readonly string[], flushTimeoutMs = 1_000) {
    const instance = startInstance(core, { url, flushTimeoutMs }, { transport, freezes: true });
    const orders = core.counter({ name: "orders_total", help: "Orders." });
    const { flusher } = instance.pusher!;
    return {
      instance,
      flusher,
      async order() {
        orders.inc();
        const startedMs = performance.now();
        await flusher.flush();
        return performance.now() - startedMs;
      },
    };
  }

  const send = (url: string, timeoutMs = 5_000) =>
    pushgateway({ url, transport }).send(
      "PUT",
      "/metrics/job/a",
      "a 1\n",
      new AbortController(),
      timeoutMs,
    );

  test("a gateway that needs most of the time for each answer is waited for, even on a kept connection", async () => {
    const server = await recordingServer((response) => {
      setTimeout(() => response.writeHead(200).end(), 1_200);
    });
    await send(server.url, 2_000);
    await send(server.url, 2_000);
    expect(server.connections.opened).toBe(1);
  });

  test("a push over a new connection has all of its time", async () => {
    const server = await recordingServer((response) =>
      setTimeout(() => response.writeHead(202).end(), 300),
    );
    await send(server.url, 500);
    expect(server.requests).toHaveLength(1);
  });

  describe("a kept connection", { timeout: 20_000 }, () => {
    test.each([
      [60_000, 1],
      [60_001, 2],
      [3_600_000, 2],
    ])(
      "after %d ms without a push is one of %d connections that were opened",
      async (idleMs, opened) => {
        const server = await recordingServer();
        const startedMs = Date.now();
        vi.useFakeTimers({ toFake: ["Date"], now: startedMs });
        onTestFinished(() => void vi.useRealTimers());
        await send(server.url);
        vi.setSystemTime(startedMs + idleMs);
        await send(server.url);
        expect(server.connections.opened).toBe(opened);
        // The old connection was closed, not left to the gateway.
        await expect.poll(() => server.connections.open).toBe(1);
      },
    );

    test("is reused as long as it is used at least every minute", async () => {
      const server = await recordingServer();
      for (let i = 0; i < 4; i++) {
        await send(server.url);
        advanceDate(59_000);
      }
      expect(server.connections.opened).toBe(1);
    });

    test("that no longer answers fails after half of the time, and is closed", async () => {
      const server = await swallowingServer();
      await send(server.url);
      server.swallow();
      const startedMs = performance.now();
      await expect(send(server.url, 4_000)).rejects.toThrow();
      const tookMs = performance.now() - startedMs;
      expect(tookMs).toBeGreaterThan(1_990);
      // A busy machine may be late, but not by the other half.
      expect(tookMs).toBeLessThan(3_900);
      await send(server.url);
      expect(server.connections()).toBe(2);
    });

    test("whose answer came after a freeze is not used again", async () => {
      const server = await recordingServer((response) => {
        if (server.requests.length === 1) advanceDate(1_001);
        response.writeHead(202).end();
      });
      await send(server.url, 1_000);
      await send(server.url, 1_000);
      await send(server.url, 1_000);
      expect(server.connections.opened).toBe(2);
    });

    test("may be slow to finish an answer that begins in time", async () => {
      const server = await recordingServer((response) => {
        response.writeHead(202).write("half");
        setTimeout(() => response.end(), 1_200);
      });
      await send(server.url, 2_000);
      await send(server.url, 2_000);
      expect(server.connections.opened).toBe(1);
    });
  });

  describe("a push", { timeout: 20_000 }, () => {
    test("over a connection that swallows everything is repeated over a new one, within its time", async () => {
      const warn = collectWarnings();
      const server = await swallowingServer();
      const { order, flusher } = startOrders(server.url, 4_000);
      await order();
      server.swallow();
      expect(await order()).toBeLessThan(3_900);
      expect(flusher.pending).toBe(false);
      expect(flusher.breaker.failures).toBe(0);
      expect(server.connections()).toBe(2);
      expect(server.newest()).toContain("\norders_total 2\n");
      expect(warn).not.toHaveBeenCalled();
    });

    test.each(["reset", "closed"] as const)(
      "over a connection that the gateway has %s is not lost",
      async (how) => {
        const warn = collectWarnings();
        const server = await swallowingServer();
        const { order, flusher } = startOrders(server.url);
        await order();
        for (let i = 0; i < 20; i++) {
          // The socket already holds the end of the connection when the push is written, as at a thaw.
          server.drop(how);
          await order();
          expect(flusher.pending).toBe(false);
        }
        expect(flusher.breaker.failures).toBe(0);
        expect(server.newest()).toContain("\norders_total 21\n");
        expect(warn).not.toHaveBeenCalled();
      },
    );
  });

  describe("a gateway that accepts no connection", { timeout: 20_000 }, () => {
    test("was sent nothing, so the instance moves to another once its life has expired", async () => {
      collectWarnings();
      const full = await fullServer();
      const server = await recordingServer();
      const gateways = [full, server.url];
      // Begins instances until one chooses the full gateway.
      let shop = startOrders(gateways, 100);
      while (shop.instance.pusher!.life.url !== `${full}/`) {
        core = await freshCore();
        shop = startOrders(gateways, 100);
      }
      expect(await shop.order()).toBeGreaterThan(90);
      expect(server.requests).toEqual([]);
      await expect.poll(() => shop.instance.pusher!.life.inDoubt).toBe(false);
      advanceDate(600_001);
      await shop.order();
      expect(server.requests[0]?.body).toContain("\norders_total 2\n");
    });
  });
});

/** A gateway that accepts pushes until it is told to swallow everything sent over its open connections. */
async function swallowingServer() {
  const sockets = new Set<Socket>();
  const swallowing = new Set<Socket>();
  const bodies: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let text = "";
    socket
      .on("error", () => undefined)
      .once("close", () => sockets.delete(socket))
      .on("data", (chunk) => {
        if (swallowing.has(socket)) return;
        text += String(chunk);
        const [head = "", body] = text.split("\r\n\r\n");
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        if (body === undefined || Buffer.byteLength(body) < length) return;
        bodies.push(body);
        text = "";
        socket.write("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n");
      });
    // A client of a server that had the same port before would be counted.
  }).listen(await ownPort(), "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    newest: () => bodies.at(-1),
    swallow() {
      for (const socket of sockets) swallowing.add(socket);
    },
    drop(how: "reset" | "closed") {
      for (const socket of sockets) {
        if (how === "reset") socket.resetAndDestroy();
        else socket.destroy();
      }
    },
  };
}

/** An address that accepts no further connection, like a host that is down: its queue is full. */
async function fullServer(): Promise<string> {
  const script = fileURLToPath(new URL("fixtures/deaf-server.mjs", import.meta.url));
  const deaf = new Worker(script);
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await deaf.terminate();
  });
  const [port] = (await once(deaf, "message")) as [number];
  for (let connected = true; connected;) {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    sockets.push(socket);
    connected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      setTimeout(() => resolve(false), 200);
    });
  }
  return `http://127.0.0.1:${port}`;
}
