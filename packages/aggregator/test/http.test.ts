import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { snapshot } from "./snapshot.js";
import { ask, start } from "./use-aggregator.js";

const gateway = useGateway();
const PATH = "/metrics/job/shop/instance/a";
const PROTOBUF =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

describe("a push that cannot be taken gets one reason, and changes nothing", () => {
  const good = snapshot(2, { orders_total: 2 });
  const cases: [string, string, string | Uint8Array, Record<string, string>, number, RegExp][] = [
    ["a counter below zero", PATH, snapshot(2, { orders_total: -1 }), {}, 400, /orders_total/],
    ["a line that is cut off", PATH, good.slice(0, -20), {}, 400, /./],
    [
      "bytes that are no UTF-8",
      PATH,
      Buffer.concat([Buffer.from(good), Buffer.from([0xff, 10])]),
      {},
      400,
      /not UTF-8/,
    ],
    [
      "gzip that is none",
      PATH,
      good,
      { "content-encoding": "gzip" },
      400,
      /is gzip, but the body is not/,
    ],
    [
      "gzip that is cut off",
      PATH,
      gzipSync(good).subarray(0, 40),
      { "content-encoding": "gzip" },
      400,
      /is gzip, but the body is not/,
    ],
    [
      "a gzip bomb",
      PATH,
      gzipSync(Buffer.alloc(64 * 1024 * 1024)),
      { "content-encoding": "gzip" },
      413,
      /larger than 16777216 bytes/,
    ],
    [
      "a body above the limit",
      PATH,
      Buffer.alloc(17 * 1024 * 1024, 10),
      {},
      413,
      /larger than 16777216 bytes/,
    ],
    ["protobuf", PATH, `\n${good}`, { "content-type": PROTOBUF }, 415, /push text/],
    ["an empty grouping value", `${PATH}/zone@base64/=`, good, {}, 400, /zone/],
    ["a grouping label twice", `${PATH}/zone/a/zone/b`, good, {}, 400, /zone/],
  ];
  test.each(cases)("%s", async (_, path, body, headers, status, reason) => {
    const { url } = await start({ pushgateway: gateway.url });
    await ask("PUT", url + PATH, snapshot(1, { orders_total: 1 }));
    const [given, text] = await ask("PUT", url + path, body, headers);
    expect(given, text).toBe(status);
    expect(text).toMatch(reason);
    expect(text).not.toContain("\n");
    await gateway.eventually("orders_total", { job: "shop" }).toBe(1);
  });
});

test("gzip and chunked bodies are taken", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const packed = gzipSync(snapshot(1, { orders_total: 3 }));
  expect(await ask("PUT", url + PATH, packed, { "content-encoding": "gzip" })).toEqual([200, ""]);
  const text = snapshot(1, { orders_total: 4 });
  const answer = await talk(
    url,
    `PUT /metrics/job/shop/instance/b HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  await gateway.eventually("orders_total", { job: "shop" }).toBe(7);
});

test("a connection is kept and serves one push after another", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const push = (sequence: number, more: string) => {
    const body = snapshot(sequence, { orders_total: sequence });
    return `PUT ${PATH} HTTP/1.1\r\nhost: a\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;
  };
  const answer = await talk(url, push(1, "") + push(2, "") + push(3, "connection: close\r\n"));
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
});

test.each([
  [
    "a body that is shorter than announced",
    `PUT ${PATH} HTTP/1.1\r\nhost: a\r\ncontent-length: 999\r\n\r\nshort`,
  ],
  [
    "a body that is half sent",
    `PUT ${PATH} HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n${snapshot(2, { orders_total: 9 }).slice(0, 50)}`,
  ],
])("%s changes nothing", async (_, request) => {
  const { url } = await start({ pushgateway: gateway.url });
  await ask("PUT", url + PATH, snapshot(1, { orders_total: 1 }));
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).end(request);
  await once(socket.resume(), "close");
  await gateway.eventually("orders_total", { job: "shop" }).toBe(1);
  expect(await ask("PUT", url + PATH, snapshot(2, { orders_total: 2 }))).toEqual([200, ""]);
});

test("headers without end are cut off", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const answer = await talk(url, `GET / HTTP/1.1\r\nx: ${"x".repeat(40_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
});

test("a client that sends too slowly is cut off", { timeout: 60_000 }, async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write("PUT / HTTP/1.1\r\n");
  const drip = setInterval(() => socket.write("x: x\r\n"), 500);
  let answer = "";
  socket.on("data", (chunk) => (answer += String(chunk))).on("error", () => undefined);
  await once(socket, "close");
  clearInterval(drip);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(await ask("GET", `${url}/-/healthy`)).toEqual([200, "healthy"]);
});

test("a request for another server is not passed on", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const answer = await talk(
    url,
    "GET http://other.example/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

/** Sends bytes as they are. Resolves to all that comes back until the connection ends. */
async function talk(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  let answer = "";
  socket.on("data", (chunk) => (answer += String(chunk))).on("error", () => undefined);
  socket.write(text);
  await once(socket, "close");
  return answer;
}
