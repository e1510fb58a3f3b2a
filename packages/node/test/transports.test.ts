import type { Transport, TransportRequest } from "@prefreeze/core";
import { fetchTransport } from "@prefreeze/core/adapter";
import { httpTransport } from "@prefreeze/node";
import { undiciTransport } from "@prefreeze/node/undici";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Agent, type Dispatcher } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { leavingServer } from "../../../test/loopback/leaving-server.js";
import { REFUSING_ADDRESS } from "../../../test/loopback/refusing-address.js";
import { nodeHttpTransport } from "../src/transport/node-http-transport.js";
import { recordingServer } from "./recording-server.js";

const transports: [string, Transport][] = [
  ["httpTransport", httpTransport],
  ["nodeHttpTransport", nodeHttpTransport],
  ["undiciTransport", undiciTransport()],
  ["fetchTransport", fetchTransport],
];

const put = (
  url: string,
  more: Partial<TransportRequest> = {},
  controller = new AbortController(),
): TransportRequest => ({
  method: "PUT",
  url,
  headers: { "content-type": "text/plain; version=0.0.4" },
  body: "a 1\n",
  controller,
  timeoutMs: 5_000,
  signal: controller.signal,
  ...more,
});

describe.each(transports)("%s", { timeout: 20_000 }, (name, send) => {
  test("sends once, and gives up, although other code has frozen AbortController.prototype", async () => {
    const { prototype } = AbortController;
    const abort = Object.getOwnPropertyDescriptor(prototype, "abort")!;
    Object.defineProperty(prototype, "abort", { ...abort, writable: false });
    onTestFinished(() => void Object.defineProperty(prototype, "abort", abort));

    const server = await recordingServer((response, { url }) => {
      if (url === "/answered") response.end();
    });
    await expect(send(put(`${server.url}/answered`))).resolves.toMatchObject({ status: 200 });

    const controller = new AbortController();
    const hanging = send(put(`${server.url}/silent`, {}, controller));
    await expect.poll(() => server.requests.length).toBe(2);
    controller.abort();
    await expect(hanging).rejects.toThrow();
    expect(server.requests).toHaveLength(2);
  });

  test("sends method, path, headers and body unchanged, with a content length", async () => {
    const server = await recordingServer();
    const path = "/prefix/metrics/job/a/instance@base64/w6Q?token=a%20b";
    await send(
      put(server.url + path, {
        headers: { authorization: "Bearer x", "x-tenant": "ä" },
        body: "ä 1\n",
      }),
    );
    await send(put(server.url + path, { method: "POST", body: new TextEncoder().encode("bytes") }));
    await send(put(server.url + path, { method: "DELETE", body: undefined }));
    expect(server.requests).toMatchObject([
      {
        method: "PUT",
        path,
        body: "ä 1\n",
        headers: { authorization: "Bearer x", "x-tenant": "ä", "content-length": "5" },
      },
      { method: "POST", path, body: "bytes", headers: { "content-length": "5" } },
      { method: "DELETE", path, body: "" },
    ]);
  });

  test("reuses its connection for consecutive pushes, whatever the answers", async () => {
    const statuses = [202, 400, 200, 503, 202];
    const server = await recordingServer((response) => {
      const status = statuses[server.requests.length - 1] ?? 202;
      response.writeHead(status).end(status < 300 ? "" : "some words");
    });
    const answered = [];
    for (const _status of statuses) answered.push((await send(put(server.url))).status);
    expect(answered).toEqual(statuses);
    // undici considers a connection busy for a moment after its answer.
    expect(server.connections.opened).toBeLessThanOrEqual(/http/i.test(name) ? 1 : 2);
  });

  test("opens a new connection if the server has closed the idle one", async () => {
    const server = await recordingServer();
    await send(put(server.url));
    server.closeIdleConnections();
    await expect.poll(() => server.connections.open).toBe(0);
    expect((await send(put(server.url))).status).toBe(202);
    expect(server.connections.opened).toBe(2);
  });

  test.each([301, 307, 400, 401, 404, 429, 500, 503])(
    "resolves with a %i, its body and its location, and follows no redirect",
    async (status) => {
      const server = await recordingServer((response) =>
        response.writeHead(status, { location: "/elsewhere" }).end("what is wrong"),
      );
      expect(await send(put(server.url))).toEqual({
        status,
        body: "what is wrong",
        location: "/elsewhere",
      });
      expect(server.requests).toHaveLength(1);
    },
  );

  test("decodes characters that arrive in two chunks", async () => {
    const server = await recordingServer((response) => {
      const [first, second] = [...Buffer.from("ä")];
      response
        .writeHead(400)
        .write(Buffer.from([first!]), () =>
          setImmediate(() => response.end(Buffer.from([second!]))),
        );
    });
    expect((await send(put(server.url))).body).toBe("ä");
  });

  test("resolves with the start of a long answer", async () => {
    const server = await recordingServer((response) =>
      response.writeHead(502).end("x".repeat(1_000_000)),
    );
    const { status, body } = await send(put(server.url));
    expect(status).toBe(502);
    expect(body.slice(0, 500)).toBe("x".repeat(500));
  });

  test("reads as much of an answer as the request wants", async () => {
    const server = await recordingServer((response) => response.end("x".repeat(1_000_000)));
    const wanted = { method: "GET", body: undefined, answerCharacters: 2_000_000 } as const;
    const { body } = await send(put(server.url, wanted));
    expect(body).toHaveLength(1_000_000);
    expect(server.requests).toMatchObject([{ method: "GET", body: "" }]);
  });

  test("sends a body of five megabytes", async () => {
    const server = await recordingServer();
    const body = "a 1\n".repeat(1_250_000);
    expect((await send(put(server.url, { body }))).status).toBe(202);
    expect(server.requests[0]?.body === body).toBe(true);
  });

  test("rejects if nothing listens", async () => {
    const error = await send(put(REFUSING_ADDRESS)).catch((reason: unknown) => reason);
    expect(String((error as Error).cause ?? error)).toContain("ECONNREFUSED");
  });

  test("rejects when it is aborted, and closes the connection", async () => {
    const controller = new AbortController();
    const server = await recordingServer(() => controller.abort());
    await expect(send(put(server.url, {}, controller))).rejects.toThrow(/abort|hang up/i);
    await expect.poll(() => server.connections.open).toBe(0);
  });

  test("rejects when it is aborted in the middle of an answer", async () => {
    const controller = new AbortController();
    const server = await recordingServer((response) => {
      response.writeHead(500).write("and then", () => setImmediate(() => controller.abort()));
    });
    await expect(send(put(server.url, {}, controller))).rejects.toThrow(/abort|hang up/i);
  });

  test("rejects if the connection breaks, and the next push succeeds", async () => {
    const server = await recordingServer((response) => {
      if (server.requests.length > 2) return response.writeHead(202).end();
      if (server.requests.length === 1) return response.destroy();
      return response
        .writeHead(500, { "content-length": "100" })
        .write("half", () => response.destroy());
    });
    await expect(send(put(server.url))).rejects.toThrow();
    await expect(send(put(server.url))).rejects.toThrow();
    expect((await send(put(server.url))).status).toBe(202);
  });
});

const nodeTransports = transports.filter(([name]) => name !== "fetchTransport");

test("undiciTransport takes a dispatcher that answers by itself", async () => {
  const dispatcher = Object.assign(new Agent(), {
    dispatch: (_: object, handler: Dispatcher.DispatchHandler) => {
      // As undici's own handlers are.
      const { onHeaders, onComplete } = handler as Record<string, (...args: unknown[]) => unknown>;
      queueMicrotask(() => {
        onHeaders?.call(handler, 202, [], () => undefined, "Accepted");
        onComplete?.call(handler, []);
      });
      return true;
    },
  });
  for (let i = 0; i < 2; i++)
    expect((await undiciTransport(dispatcher)(put("http://gateway.example"))).status).toBe(202);
});

test.each(nodeTransports)("%s cuts off an endless answer", async (_, send) => {
  const server = await recordingServer((response) => {
    response.writeHead(500);
    const more = (): void =>
      void (response.destroyed || response.write("x".repeat(1_000), () => setImmediate(more)));
    more();
  });
  const { status, body } = await send(put(server.url));
  expect(status).toBe(500);
  expect(body.length).toBeLessThan(200_000);
  await expect.poll(() => server.connections.open).toBe(0);
});

describe.each(["http", "undici"])("a process that pushed by %s", (transport) => {
  const script = fileURLToPath(new URL("fixtures/push-once.mjs", import.meta.url));
  const run = (url: string) =>
    promisify(execFile)(process.execPath, [script, transport, url], { timeout: 15_000 });

  test("exits by itself even though its connection is still open", async () => {
    const server = await recordingServer();
    expect((await run(server.url)).stdout).toBe("202\n");
    expect(server.requests).toHaveLength(1);
  });

  test("exits by itself after a failed push", async () => {
    expect((await run(REFUSING_ADDRESS)).stdout).toContain("ECONNREFUSED");
  });
});

test.each(["", "http"])(
  "a server that answers and leaves before it has the whole body does not end the process, with PREFREEZE_TRANSPORT=%s",
  async (transport) => {
    const { url } = await leavingServer();
    const script = fileURLToPath(new URL("fixtures/push-once.mjs", import.meta.url));
    const env = { PREFREEZE_TRANSPORT: transport };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [script, "http", url, "20000000"],
      { env },
    );
    expect(stdout).toBe("413\n");
  },
);
