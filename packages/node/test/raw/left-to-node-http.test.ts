import type { TransportRequest } from "@prefreeze/core";
import { httpTransport } from "@prefreeze/node";
import { nodeBinary } from "@prefreeze/lambda-emulator/runtime-clients";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { isInDoubt } from "../../../core/src/target/push-error.js";
import { recordingServer } from "../recording-server.js";
import { byteServer } from "./byte-server.js";

const ACCEPTED = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
/** A blank after the length, which llhttp accepts. */
const RARE = "HTTP/1.1 202 Accepted\r\nContent-Length: 0 \r\n\r\n";

function put(url: string, more: Partial<TransportRequest> = {}): TransportRequest {
  const controller = new AbortController();
  const { signal } = controller;
  const headers = { "content-type": "text/plain" };
  const body = "a 1\n";
  return { method: "PUT", url, headers, body, controller, timeoutMs: 5_000, signal, ...more };
}

const failureOf = (sent: Promise<unknown>) => sent.then(String, (error: unknown) => error as Error);

describe("a push whose answer is not one that the transport reads", () => {
  test("is sent once more, by node:http, and so are all later ones to that gateway", async () => {
    const server = await byteServer(() => RARE);
    expect(httpTransport.explain!()).toBe("node:net");
    expect(await httpTransport(put(`${server.url}/a`))).toMatchObject({ status: 202, body: "" });
    // The names of headers are as each of the two writes them.
    expect(server.requests.map((request) => /^(host|content-type)/im.exec(request)![0])).toEqual([
      "Host",
      "content-type",
    ]);
    const bodies = server.requests.map((request) => request.slice(request.indexOf("\r\n\r\n")));
    expect(bodies).toEqual(["\r\n\r\na 1\n", "\r\n\r\na 1\n"]);
    // The connection that it came over may mean something else by what follows.
    await expect.poll(() => server.connections.open.size).toBe(1);
    expect(server.connections.opened).toBe(2);

    await httpTransport(put(`${server.url}/b`));
    expect(server.requests).toHaveLength(3);
    expect(server.connections.opened).toBe(2);
    expect(httpTransport.explain!()).toBe(
      `node:http, since ${server.url} has sent an answer with blanks after content-length`,
    );

    const other = await byteServer(() => ACCEPTED);
    await httpTransport(put(other.url));
    expect(other.requests).toHaveLength(1);
  });

  test("fails as with node:http alone if that does not read the answer either", async () => {
    const server = await byteServer(() => "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n");
    const error = await failureOf(httpTransport(put(server.url)));
    expect(error).toMatchObject({ message: expect.stringMatching(/^Parse Error/) as string });
    expect(isInDoubt(error)).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  test("stays in doubt if it cannot be sent once more", async () => {
    const server = await byteServer((_, socket) => {
      // Nothing listens any more when the answer arrives.
      (socket as unknown as { server: { close(): void } }).server.close();
      return RARE;
    });
    const error = await failureOf(httpTransport(put(server.url)));
    expect(error).toMatchObject({ message: expect.stringContaining("ECONNREFUSED") as string });
    expect(isInDoubt(error)).toBe(true);
  });

  test("is not sent once more if it was given up meanwhile", async () => {
    const request: { current?: TransportRequest } = {};
    const server = await byteServer(() => {
      request.current!.controller.abort();
      return RARE;
    });
    request.current = put(server.url);
    expect(await failureOf(httpTransport(request.current))).toMatchObject({ message: "aborted" });
    expect(server.requests).toHaveLength(1);
  });

  test("can be given up while it is sent once more", async () => {
    const request: { current?: TransportRequest } = {};
    const server = await byteServer((n) => {
      if (n === 0) return RARE;
      request.current!.controller.abort();
      return undefined;
    });
    request.current = put(server.url);
    const error = await failureOf(httpTransport(request.current));
    expect(error).toMatchObject({ message: "aborted" });
    expect(isInDoubt(error)).toBe(true);
    await expect.poll(() => server.connections.open.size).toBe(0);
  });

  test.each([
    ["220 smtp.example ESMTP ready\r\n", "a malformed status line"],
    ["SSH-2.0-OpenSSH", "a malformed status line"],
    ["HTTP/1.1 200 OK\n", "a malformed end of a line"],
    ["HTTP/1.1 101 Switching Protocols\r\n\r\n", "an answer 101"],
    [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(20_000)}`, "more than 16 KiB of headers"],
    [`HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(501)}\r\n`, "a malformed header line"],
    [`${ACCEPTED}HTTP`, "more bytes than its length"],
    [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "a transfer-encoding other than chunked",
    ],
    [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
      "a chunk longer than its size",
    ],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\n", "a malformed end of a line"],
    [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n123456789\r\n",
      "a malformed size of a chunk",
    ],
    [
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
      "two content-length headers",
    ],
    ["HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na", "a malformed content-length"],
  ])("tells why at once, although more could follow: %j", async (bytes, reason) => {
    vi.resetModules();
    const { httpTransport: fresh } = await import("../../src/transport/http-transport.js");
    const server = await byteServer((n) => (n === 0 ? bytes : ACCEPTED));
    expect(await fresh(put(server.url))).toMatchObject({ status: 202 });
    expect(fresh.explain!()).toBe(
      `node:http, since ${server.url} has sent an answer with ${reason}`,
    );
  });
});

describe("a request that node:http alone may write", () => {
  test.each([
    { host: "other.example" },
    { connection: "close" },
    { "content-length": "4" },
    { "transfer-encoding": "chunked" },
    { expect: "100-continue" },
    { te: "trailers" },
  ])("has a header such as %j", async (headers) => {
    const server = await recordingServer();
    const more = "expect" in headers ? { timeoutMs: 100 } : {};
    expect(await httpTransport(put(server.url, { headers, ...more }))).toMatchObject({
      status: 202,
    });
    expect(server.requests[0]).toMatchObject({ body: "a 1\n", headers });
    await httpTransport(put(server.url));
    expect(server.requests[1]!.headers).toMatchObject({ connection: "keep-alive" });
  });

  test.each([{ "x-key": "a\r\nx-other: b" }, { "x-key": "\u0100" }, { "x key": "a" }, { "": "a" }])(
    "and that it refuses, as with %j, does not leave",
    async (headers) => {
      const server = await recordingServer();
      expect(await failureOf(httpTransport(put(server.url, { headers })))).toMatchObject({
        code: expect.stringMatching(/^ERR_INVALID_(CHAR|HTTP_TOKEN)$/) as string,
      });
      expect(server.connections.opened).toBe(0);
    },
  );
});

interface Explained {
  readonly answers: readonly (number | string)[];
  readonly explained: string;
  readonly loaded: readonly string[];
}

/** Pushes in a process of its own. */
async function pushOn(version: 20 | 22 | 24, url: string, env: object, options: string[] = []) {
  const program = fileURLToPath(new URL("../fixtures/push-and-explain.mjs", import.meta.url));
  const node = await nodeBinary(version);
  const { stdout, stderr } = await promisify(execFile)(node, [...options, program, url], {
    env: { PATH: process.env["PATH"], ...env },
  });
  return { ...(JSON.parse(stdout) as Explained), stderr };
}

describe("a process", { timeout: 20_000 }, () => {
  test.each([20, 22, 24] as const)(
    "on Node.js %d loads neither node:http nor node:tls for its pushes",
    async (version) => {
      const { url } = await recordingServer();
      expect(await pushOn(version, url, {})).toEqual({
        answers: [202],
        explained: "node:net",
        loaded: ["net"],
        stderr: "",
      });
    },
  );

  test.each([
    ["PREFREEZE_TRANSPORT is http", { PREFREEZE_TRANSPORT: "http" }, []],
    ["PREFREEZE_TRANSPORT is http", { PREFREEZE_TRANSPORT: " http " }, []],
    ["the environment sets a proxy", { NODE_USE_ENV_PROXY: "1" }, []],
    ["the environment sets a proxy", {}, ["--use-env-proxy"]],
    ["the environment sets a proxy", { NODE_OPTIONS: "--use-env-proxy" }, []],
  ])("pushes by node:http, since %s: %j %j", async (reason, env, options) => {
    const { url, requests } = await recordingServer();
    const { answers, explained, loaded, stderr } = await pushOn(24, url, env, options);
    expect(answers).toEqual([202]);
    expect(explained).toBe(`node:http, since ${reason}`);
    expect(loaded).toContain("http");
    expect(requests).toHaveLength(1);
    expect(stderr).toBe("");
  });

  test.each(["", "0"])("with NODE_USE_ENV_PROXY=%j has no proxy", async (value) => {
    const { url } = await recordingServer();
    const { explained } = await pushOn(24, url, { NODE_USE_ENV_PROXY: value });
    expect(explained).toBe("node:net");
  });

  test.each(["https", "HTTP", "node:http", "0", "<s3cret>"])(
    "is warned once of PREFREEZE_TRANSPORT=%s, which changes nothing",
    async (value) => {
      const { url } = await recordingServer();
      const { explained, stderr } = await pushOn(20, url, { PREFREEZE_TRANSPORT: value });
      expect(explained).toBe("node:net");
      expect(stderr).toBe("prefreeze: PREFREEZE_TRANSPORT is not http and is ignored\n");
    },
  );
});
