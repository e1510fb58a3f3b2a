import type { TransportRequest } from "@prefreeze/core";
import { httpTransport } from "@prefreeze/node";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { exchange } from "../../src/transport/raw/exchange.js";
import { newOrigin } from "../../src/transport/raw/origin.js";
import { byteServer } from "./byte-server.js";

const ACCEPTED = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

const put = (url: string, more: Partial<TransportRequest> = {}) => {
  const controller = new AbortController();
  const { signal } = controller;
  const own = { method: "PUT", url, headers: {}, body: "a 1\n", controller, signal } as const;
  return httpTransport({ ...own, timeoutMs: 5_000, ...more });
};

test("a request is one packet of plain lines", async () => {
  const server = await byteServer(() => ACCEPTED);
  const headers = { "content-type": "text/plain", authorization: "Bearer x" };
  await put(`${server.url}/metrics/job/a?b=c`, { headers });
  const host = new URL(server.url).host;
  expect(server.requests).toEqual([
    `PUT /metrics/job/a?b=c HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n` +
      "content-type: text/plain\r\nauthorization: Bearer x\r\nContent-Length: 4\r\n\r\na 1\n",
  ]);
});

test.each([
  ["PUT", undefined, "Content-Length: 0\r\n\r\n"],
  ["PUT", "", "Content-Length: 0\r\n\r\n"],
  ["POST", undefined, "Content-Length: 0\r\n\r\n"],
  ["DELETE", undefined, "Connection: keep-alive\r\n\r\n"],
  ["GET", undefined, "Connection: keep-alive\r\n\r\n"],
  ["PUT", "ä 1\n", "Content-Length: 5\r\n\r\nÃ¤ 1\n"],
  ["PUT", new Uint8Array([0, 255]), "Content-Length: 2\r\n\r\n\x00\xff"],
] as const)("%s with the body %j ends with %j", async (method, body, end) => {
  const server = await byteServer(() => ACCEPTED);
  expect(await put(server.url, { method, body })).toMatchObject({ status: 202 });
  expect(server.requests[0]!.endsWith(end)).toBe(true);
});

test("a gateway with an IPv6 address is reached, and named in brackets", async () => {
  const server = await byteServer(() => ACCEPTED, "::1");
  expect(await put(server.url)).toMatchObject({ status: 202 });
  expect(server.requests[0]).toContain(`\r\nHost: ${new URL(server.url).host}\r\n`);
});

test("port 0 is not the default port", async () => {
  const error = await put("http://127.0.0.1:0/").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ nothingSent: true });
  expect((error as Error).message).not.toContain(":80");
});

describe("a connection is not used again", () => {
  const answeredBy = async (...answers: string[]) => {
    const server = await byteServer((n) => answers[n] ?? ACCEPTED);
    for (const _ of [...answers, ""]) await put(server.url);
    return server.connections.opened;
  };

  test.each([
    ["HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"],
    ["HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: keep-alive, close\r\n\r\n"],
    ["HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nProxy-Connection: close\r\n\r\n"],
    ["HTTP/1.0 202 Accepted\r\nContent-Length: 0\r\n\r\n"],
    ["HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nKeep-Alive: timeout=1\r\n\r\n"],
  ])("after %j", async (answer) => {
    expect(await answeredBy(answer)).toBe(2);
  });

  test("but is, after a plain answer, one without a body, and one in chunks", async () => {
    expect(
      await answeredBy(
        ACCEPTED,
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\nx: y\r\n\r\n",
      ),
    ).toBe(1);
  });

  test("once it has sent what nobody asked for", async () => {
    const server = await byteServer(() => ACCEPTED);
    await put(server.url);
    for (const socket of server.connections.open)
      socket.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    await expect.poll(() => server.connections.open.size).toBe(0);
    expect(await put(server.url)).toMatchObject({ status: 202 });
    expect(httpTransport.explain!()).toBe("node:net");
  });

  test("if it was idle for longer than its server keeps it", async () => {
    const server = await byteServer(() =>
      ACCEPTED.replace("\r\n\r\n", "\r\nKeep-Alive: timeout=5\r\n\r\n"),
    );
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    onTestFinished(() => void vi.useRealTimers());
    await put(server.url);
    vi.setSystemTime(Date.now() + 4_000);
    await put(server.url);
    expect(server.connections.opened).toBe(1);
    vi.setSystemTime(Date.now() + 4_001);
    await put(server.url);
    expect(server.connections.opened).toBe(2);
  });

  test("if the answer came before the server had the whole body", async () => {
    const early = await byteServer(() => undefined);
    const answered = put(early.url, { body: "x".repeat(20_000_000) });
    await expect.poll(() => early.connections.open.size).toBe(1);
    for (const socket of early.connections.open) {
      socket.pause();
      socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    }
    expect(await answered).toMatchObject({ status: 413 });
    for (const socket of early.connections.open) socket.resume();
    await expect.poll(() => early.connections.open.size).toBe(0);
  });
});

test("nothing is kept of a connection that has ended", async () => {
  const server = await byteServer(() => ACCEPTED);
  const origin = newOrigin(new URL(server.url));
  const head = "DELETE / HTTP/1.1\r\n\r\n";
  const sent = { body: undefined, bodyBytes: undefined, timeoutMs: 5_000 };
  await new Promise((answered, failed) => {
    exchange(sent, head, origin, { answered, failed, notRead: failed });
  });
  expect(origin.open.size).toBe(1);
  for (const socket of server.connections.open) socket.end();
  await expect.poll(() => origin.open.size).toBe(0);
});

test("requests at once have a connection each, and all of these are used again", async () => {
  const server = await byteServer(() => ACCEPTED);
  const three = () => Promise.all(Array.from({ length: 3 }, () => put(server.url)));
  await three();
  await three();
  expect(server.connections.opened).toBe(3);
  expect(server.requests).toHaveLength(6);
});

test("an answer after a push was given up is not that of the next one", async () => {
  const server = await byteServer((n, socket) => {
    if (n > 0) return ACCEPTED;
    setTimeout(() => socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), 50);
    return undefined;
  });
  const controller = new AbortController();
  const first = put(server.url, { controller }).catch((error: unknown) => error);
  await expect.poll(() => server.requests.length).toBe(1);
  controller.abort();
  expect(await first).toMatchObject({ message: "aborted" });
  for (let i = 0; i < 10; i++) {
    expect(await put(server.url)).toMatchObject({ status: 202 });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

test("giving up a push that was answered leaves its connection alone", async () => {
  const server = await byteServer(() => ACCEPTED);
  const controller = new AbortController();
  await put(server.url, { controller });
  controller.abort();
  await put(server.url);
  expect(server.connections.opened).toBe(1);
});

const fixture = {
  twoAddresses: fileURLToPath(new URL("../fixtures/two-addresses.mjs", import.meta.url)),
  pushAndExplain: fileURLToPath(new URL("../fixtures/push-and-explain.mjs", import.meta.url)),
  pushUnwaited: fileURLToPath(new URL("../fixtures/push-unwaited.mjs", import.meta.url)),
};

describe.each(["", "http"])(
  "with PREFREEZE_TRANSPORT=%s, if nothing listens at the first address of a name, a process exits by itself",
  (transport) => {
    const run = (program: string, url: string) => {
      const preload = ["--import", fixture.twoAddresses];
      return promisify(execFile)(process.execPath, [...preload, program, url], {
        timeout: 10_000,
        env: { PREFREEZE_TRANSPORT: transport },
      });
    };

    test("after a push", async () => {
      const server = await byteServer(() => ACCEPTED);
      const { stdout } = await run(
        fixture.pushAndExplain,
        server.url.replace("127.0.0.1", "gateway.test"),
      );
      expect(stdout).toContain('"answers":[202]');
    });

    test("while a push waits for its answer", async () => {
      const server = await byteServer(() => undefined);
      const url = server.url.replace("127.0.0.1", "gateway.test");
      expect((await run(fixture.pushUnwaited, url)).stdout).toBe("connected\n");
    });
  },
);
