import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { snapshot } from "./snapshot.js";
import { ask, start } from "./use-aggregator.js";

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
        "this asks for a user name and a password",
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
