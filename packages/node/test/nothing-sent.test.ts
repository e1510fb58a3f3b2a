import type { Transport, TransportRequest } from "@prefreeze/core";
import { fetchTransport } from "@prefreeze/core/adapter";
import { httpTransport } from "@prefreeze/node";
import { undiciTransport } from "@prefreeze/node/undici";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { REFUSING_ADDRESS } from "../../../test/loopback/refusing-address.js";
import { isInDoubt } from "../../core/src/target/push-error.js";
import { nodeHttpTransport } from "../src/transport/node-http-transport.js";
import { recordingServer } from "./recording-server.js";

let folder: string;
let certificate: { key: Buffer; cert: Buffer };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "prefreeze-certificate-"));
  const words =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=unknown -keyout key -out cert";
  execFileSync("openssl", words.split(" "), { cwd: folder, stdio: "pipe" });
  certificate = {
    key: await readFile(join(folder, "key")),
    cert: await readFile(join(folder, "cert")),
  };
});

afterAll(() => rm(folder, { recursive: true }));

const transports: [string, Transport][] = [
  ["httpTransport", httpTransport],
  ["nodeHttpTransport", nodeHttpTransport],
  ["undiciTransport", undiciTransport()],
];

describe.each(transports)("%s", (_, send) => {
  /** The error of a push that fails. */
  async function failureOf(url: string, controller = new AbortController()): Promise<unknown> {
    const request: TransportRequest = {
      method: "PUT",
      url: `${url}/metrics/job/a`,
      headers: {},
      body: "a 1\n",
      controller,
      timeoutMs: 5_000,
      get signal() {
        return controller.signal;
      },
    };
    return send(request).then(
      ({ status }) => status,
      (error: unknown) => error,
    );
  }

  test("says that nothing was sent to a server with an unknown certificate", async () => {
    const { url, requests } = await recordingServer(undefined, certificate);
    const error = await failureOf(url);
    expect(error).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT", nothingSent: true });
    expect(isInDoubt(error)).toBe(false);
    expect(requests).toEqual([]);
  });

  test("says that nothing was sent over TLS to a server that speaks none", async () => {
    const { url, requests } = await recordingServer();
    expect(isInDoubt(await failureOf(url.replace("http:", "https:")))).toBe(false);
    expect(requests).toEqual([]);
  });

  test("says that nothing was sent if the server closes the connection in the handshake", async () => {
    const { url } = await serve((socket) => socket.once("data", () => socket.resetAndDestroy()));
    expect(isInDoubt(await failureOf(url.replace("http:", "https:")))).toBe(false);
  });

  test("says that nothing was sent if nothing listens", async () => {
    expect(isInDoubt(await failureOf(REFUSING_ADDRESS))).toBe(false);
  });

  test("leaves a push in doubt that is reset after it was sent, also on a kept connection", async () => {
    const { url } = await serve((socket) =>
      socket.once("data", () => {
        socket.write("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n");
        socket.once("data", () => socket.resetAndDestroy());
      }),
    );
    expect(await failureOf(url)).toBe(202);
    expect(isInDoubt(await failureOf(url))).toBe(true);
    const { url: resets } = await serve((socket) =>
      socket.once("data", () => socket.resetAndDestroy()),
    );
    expect(isInDoubt(await failureOf(resets))).toBe(true);
  });

  test("takes the answer of a server that refuses a push unread and resets the connection", async () => {
    // As Go does with plain HTTP on a TLS port.
    const answer =
      "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    const { url } = await serve((socket) =>
      socket.once("data", () => socket.write(answer, () => socket.resetAndDestroy())),
    );
    for (let i = 0; i < 10; i++) expect(await failureOf(url)).toBe(400);
  });

  test("leaves no listener on a kept connection", async () => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown) => warnings.push(warning);
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const { url, connections } = await recordingServer();
    for (let i = 0; i < 15; i++) expect(await failureOf(url)).toBe(202);
    expect(connections.opened).toBeLessThan(4);
    expect(warnings).toEqual([]);
  });

  test("leaves a push in doubt that is aborted after it was sent", async () => {
    const controller = new AbortController();
    const { url } = await recordingServer(() => controller.abort());
    expect(isInDoubt(await failureOf(url, controller))).toBe(true);
  });
});

test("fetchTransport says that nothing was sent to a server with an unknown certificate", async () => {
  const { url, requests } = await recordingServer(undefined, certificate);
  const controller = new AbortController();
  const request = { method: "PUT", url, headers: {}, body: "a 1\n", controller } as const;
  const sent = fetchTransport({ ...request, timeoutMs: 5_000, signal: controller.signal });
  expect(isInDoubt(await sent.catch((error: unknown) => error))).toBe(false);
  expect(requests).toEqual([]);
});

test.each(transports.slice(0, 2))(
  "%s leaves a push in doubt whose answer is cut off by a reset",
  async (_, send) => {
    const { url } = await serve((socket) =>
      socket.once("data", () =>
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nc", () =>
          socket.resetAndDestroy(),
        ),
      ),
    );
    const controller = new AbortController();
    const request = { method: "PUT", url, headers: {}, body: "a 1\n", controller } as const;
    const sent = send({ ...request, timeoutMs: 5_000, signal: controller.signal });
    const error = await sent.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(isInDoubt(error)).toBe(true);
  },
);

test.each(transports.slice(0, 2))(
  "%s says that nothing was sent if it is aborted in a handshake that hangs",
  async (_, send) => {
    const controller = new AbortController();
    const { url } = await serve((socket) => socket.once("data", () => controller.abort()));
    const request = {
      method: "PUT",
      url: url.replace("http:", "https:"),
      headers: {},
      body: "a 1\n",
      controller,
      timeoutMs: 5_000,
      signal: controller.signal,
    } as const;
    const error = await send(request).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: "no connection in time", nothingSent: true });
  },
);

async function serve(each: (socket: Socket) => unknown): Promise<{ url: string }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    each(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
