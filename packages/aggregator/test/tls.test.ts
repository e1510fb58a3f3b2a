import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type TrialCertificates, trialCertificates } from "../../../test/tls/trial-certificates.js";
import { snapshot } from "./snapshot.js";
import { ask, start } from "./use-aggregator.js";

const PATH = "/metrics/job/shop/instance/a";
const pushgateway = "http://127.0.0.1:1";
let tls: { key: Buffer; cert: Buffer; ca: Buffer };

let certificates: TrialCertificates;
beforeAll(async () => {
  certificates = await trialCertificates();
  tls = { ...(await certificates.read("aggregator")), ca: await readFile(certificates.ca) };
});
afterAll(() => certificates.remove());

/** Starts one with a certificate, and without a gateway. */
async function startSecure() {
  const { cert, key } = tls;
  return start({ pushgateway, tls: { cert, key } });
}

/** Sends a request over TLS, and resolves to its status. */
async function put(url: string, body: string, agent?: Agent): Promise<number> {
  const sent = request(url + PATH, { method: "PUT", ca: tls.ca, agent }).end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  await response.resume().toArray();
  return response.statusCode!;
}

test("with a certificate, it speaks TLS, to many clients at once", async () => {
  const { url } = await startSecure();
  expect(url).toMatch(/^https:/);
  const statuses = Array.from({ length: 100 }, (_, i) =>
    put(url, snapshot(i + 1, { orders_total: i + 1 })),
  );
  expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
});

test("a kept connection over TLS serves one push after another, large ones too", async () => {
  const { url } = await startSecure();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  for (let sequence = 1; sequence <= 3; sequence++) {
    const padding = `# HELP orders_total ${"x".repeat(sequence * 500_000)}\n`;
    const text = snapshot(sequence, { orders_total: 1 }).replace(
      /# HELP orders_total.*\n/,
      padding,
    );
    expect(text.length).toBeGreaterThan(sequence * 500_000);
    expect(await put(url, text, agent)).toBe(200);
  }
});

test("a handshake that arrives byte by byte is one", async () => {
  const { url } = await startSecure();
  const slow = createServer((client) => {
    const upstream = connect(Number(new URL(url).port), "127.0.0.1");
    upstream.setNoDelay(true).pipe(client);
    client.on("data", (bytes) => {
      for (const byte of bytes) upstream.write(Buffer.of(byte));
    });
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  onTestFinished(() => void slow.close());
  const { port } = slow.address() as AddressInfo;
  expect(await put(`https://127.0.0.1:${port}`, snapshot(1, { orders_total: 1 }))).toBe(200);
});

test("a client that speaks plain HTTP is told to use https", async () => {
  const { url } = await startSecure();
  const plain = url.replace("https:", "http:");
  const answer = [400, "this is an HTTPS port"];
  expect(await ask("GET", plain)).toEqual(answer);
  expect(await ask("PUT", plain + PATH, snapshot(1, { orders_total: 1 }))).toEqual(answer);
  expect(await ask("PUT", plain + PATH, "x".repeat(8_000_000))).toEqual(answer);
  expect(await put(url, snapshot(1, { orders_total: 1 }))).toBe(200);
});

test("a client that reads no answer before it has sent all is told as well", async () => {
  const { url } = await startSecure();
  const socket = connect(Number(new URL(url).port), "127.0.0.1").pause();
  await new Promise((sent) => socket.write("PUT / HTTP/1.1\r\n".padEnd(8_000_000), sent));
  const answer = Buffer.concat(await socket.toArray()).toString();
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*this is an HTTPS port\n$/s);
});

test("connections that say nothing, or are reset, neither disturb it nor hold up its end", async () => {
  const aggregator = await startSecure();
  const port = Number(new URL(aggregator.url).port);
  const silent: Socket[] = [];
  for (let i = 0; i < 20; i++) {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    await once(socket, "connect");
    if (i % 4 === 0) socket.resetAndDestroy();
    else if (i % 4 === 1) socket.end();
    else silent.push(socket);
  }
  expect(await put(aggregator.url, snapshot(1, { orders_total: 1 }))).toBe(200);
  const ends = silent.map((socket) => once(socket.resume(), "close"));
  const startedMs = performance.now();
  await aggregator.close();
  // After ten seconds, they would be cut off anyway.
  expect(performance.now() - startedMs).toBeLessThan(9_000);
  await Promise.all(ends);
});

test("a certificate that is none is refused in words", async () => {
  await expect(start({ tls: { key: "key", cert: "cert" } })).rejects.toThrow(
    /^the certificate or its key cannot be used: .+; give both as PEM$/,
  );
});
