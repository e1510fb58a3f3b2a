import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { get } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { snapshot } from "./snapshot.js";
import { ask, start, stateFolder } from "./use-aggregator.js";

const gateway = useGateway();
const PATH = "/metrics/job/shop/instance/a";
const auth = { username: "fn", password: "s3cret: w0rd" };
const basic = (text: string) => ({
  authorization: `Basic ${Buffer.from(text).toString("base64")}`,
});

describe("with a password", () => {
  test.each([
    ["nothing", {}],
    ["another password", basic("fn:s3cret")],
    ["another user", basic("nf:s3cret: w0rd")],
    ["the password as a token", { authorization: "Bearer s3cret: w0rd" }],
    ["what is no base64", { authorization: "Basic ?" }],
  ])("%s is refused everywhere but for health", async (_, headers) => {
    const { url } = await start({ pushgateway: gateway.url, auth });
    for (const [method, path] of [
      ["PUT", PATH],
      ["DELETE", PATH],
      ["POST", "/metrics/job/x"],
      ["GET", "/metrics"],
      ["GET", "/"],
      ["GET", "/api/v1/status"],
    ] as const) {
      const body =
        method === "PUT" || method === "POST" ? snapshot(1, { orders_total: 1 }) : undefined;
      expect(await ask(method, url + path, body, headers)).toEqual([
        401,
        "this needs other credentials",
      ]);
    }
    expect(await ask("GET", `${url}/-/healthy`)).toEqual([200, "healthy"]);
    expect(await ask("GET", `${url}/-/ready`)).toEqual([200, "ready"]);
  });

  test("the right one is served", async () => {
    const { url } = await start({ pushgateway: gateway.url, auth, scrapeIntervalMs: 0 });
    const body = snapshot(1, { orders_total: 1 });
    expect(await ask("PUT", url + PATH, body, basic("fn:s3cret: w0rd"))).toEqual([200, ""]);
    await gateway.eventually("orders_total", { job: "shop" }).toBe(1);
  });
});

test("a bearer token is asked for", async () => {
  const { url } = await start({ pushgateway: gateway.url, auth: { bearerToken: "t0ken-t0ken" } });
  const body = snapshot(1, { orders_total: 1 });
  expect((await ask("PUT", url + PATH, body, { authorization: "Bearer t0ken" }))[0]).toBe(401);
  expect((await ask("PUT", url + PATH, body, { authorization: "Bearer t0ken-t0ken" }))[0]).toBe(
    200,
  );
});

describe("what the gateway behind it is shown", () => {
  test("its own credentials, for those who have shown the aggregator's", async () => {
    const [address, seen] = await recorder();
    const { url } = await start({ pushgateway: address.replace("://", "://gate:w4y-pass@"), auth });
    await ask("POST", `${url}/metrics/job/x`, "a 1\n", basic("fn:s3cret: w0rd"));
    expect(seen("POST")).toEqual(basic("gate:w4y-pass").authorization);
  });

  test("never the aggregator's", async () => {
    const [address, seen] = await recorder();
    const { url } = await start({ pushgateway: address, auth });
    await ask("POST", `${url}/metrics/job/x`, "a 1\n", basic("fn:s3cret: w0rd"));
    expect(seen("POST")).toBeUndefined();
  });

  test("what the client sends, if the aggregator asks for nothing", async () => {
    const [address, seen] = await recorder();
    const { url } = await start({ pushgateway: address.replace("://", "://gate:w4y-pass@") });
    await ask("POST", `${url}/metrics/job/x`, "a 1\n", basic("me:mine"));
    expect(seen("POST")).toBe(basic("me:mine").authorization);
    await ask("DELETE", `${url}/metrics/job/x`);
    expect(seen("DELETE")).toBeUndefined();
  });
});

test.each([
  [{ bearerToken: "" }, "auth has an empty password or token"],
  [{ username: "a" }, "auth has a user name without a password"],
  [{ password: "a" }, "auth has a password without a user name"],
  [
    { username: "a:b", password: "c" },
    "auth has a user name with a colon, which basic auth cannot express",
  ],
  [
    { username: "a", password: "c", bearerToken: "d" },
    "auth needs either a bearer token, or a user name and a password",
  ],
])("credentials that protect nothing are refused: %j", async (wrong, reason) => {
  await expect(start({ auth: wrong })).rejects.toThrow(new TypeError(reason));
});

test("with a certificate, it speaks TLS alone", async () => {
  const folder = stateFolder();
  const words = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost";
  const files = "-addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem";
  execFileSync("openssl", `${words} ${files}`.split(" "), { cwd: folder, stdio: "pipe" });
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(folder, name)));
  const { url } = await start({ pushgateway: gateway.url, tls: { key: key!, cert: cert! } });
  expect(url).toMatch(/^https:/);
  const request = get(`${url.replace("127.0.0.1", "localhost")}/-/ready`, { ca: cert! });
  const [{ statusCode }] = (await once(request, "response")) as [IncomingMessage];
  expect(statusCode).toBe(200);
  await expect(fetch(url.replace("https", "http"))).rejects.toThrow("fetch failed");
});

test("a certificate that is none is refused in words", async () => {
  await expect(start({ tls: { key: "key", cert: "cert" } })).rejects.toThrow(
    /^the certificate or its key cannot be used: .+; give both as PEM$/,
  );
});

/** A gateway that takes everything, and tells which credentials the last request of a method had. */
async function recorder(): Promise<[string, (method: string) => string | undefined]> {
  const seen = new Map<string, string | undefined>();
  const server = createServer((request: IncomingMessage, response) => {
    seen.set(request.method!, request.headers.authorization);
    request.resume().on("end", () => response.end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return [
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    (method) => seen.get(method),
  ];
}
