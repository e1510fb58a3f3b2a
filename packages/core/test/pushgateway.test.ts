import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { type RealGateway, startRealGateway } from "../../../test/pushgateway/real.js";
import { fetchTransport } from "../src/adapter.js";
import type { Transport, TransportRequest, TransportResponse } from "../src/index.js";
import { type PushError, pushgateway, type PushgatewayOptions } from "./internals.js";
import { startReceiver } from "./receiver.js";

const path = "/metrics/job/checkout/instance/one/zone/eu";

function targetAt(url: string, options: Partial<PushgatewayOptions> = {}) {
  return pushgateway({ url, transport: fetchTransport, ...options });
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error as Error,
  );
}

describe("a target on the real Pushgateway", () => {
  let gateway: RealGateway;

  beforeAll(async () => {
    gateway = await startRealGateway();
  });

  afterAll(async () => {
    await gateway.stop();
  });

  const read = async (name: string) =>
    sample(parseText(await gateway.metrics()), name, { zone: "eu" });

  it("replaces a group with PUT, its families with POST, and removes the group with DELETE", async () => {
    const target = targetAt(gateway.url);
    await target.send(
      "PUT",
      path,
      "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n",
      new AbortController(),
    );
    expect([await read("a"), await read("b")]).toEqual([1, 1]);
    await target.send("POST", path, "# TYPE b gauge\nb 2\n", new AbortController());
    expect([await read("a"), await read("b")]).toEqual([1, 2]);
    await target.send("PUT", path, "# TYPE b gauge\nb 3\n", new AbortController());
    expect([await read("a"), await read("b")]).toEqual([undefined, 3]);
    // It answers 202 and deletes a moment later.
    await target.send("DELETE", path, undefined, new AbortController());
    await expect.poll(() => read("b")).toBeUndefined();
  });

  it("can be sent compressed bodies", async () => {
    const body = `# TYPE long gauge\n${Array.from({ length: 2_000 }, (_, i) => `long{i="${i}"} 1\n`).join("")}`;
    await targetAt(gateway.url).send("PUT", path, body, new AbortController());
    expect(await read("long")).toBe(2_000);
    await targetAt(gateway.url, { gzipAboveBytes: 0 }).send(
      "PUT",
      path,
      "# TYPE a gauge\na 1\n",
      new AbortController(),
    );
    expect([await read("long"), await read("a")]).toEqual([undefined, 1]);
  });

  it("reports why a push was rejected", async () => {
    const error = await failureOf(
      targetAt(gateway.url).send("PUT", path, "not metrics\n", new AbortController()),
    );
    expect(error).toMatchObject({ name: "PushError" });
    expect((error as PushError).status).toBe(400);
    expect(error.message).toContain("HTTP 400: text format parsing error");
  });

  it("ignores a trailing slash in its address", async () => {
    await targetAt(`${gateway.url}//`).send(
      "PUT",
      path,
      "# TYPE slash gauge\nslash 1\n",
      new AbortController(),
    );
    expect(await read("slash")).toBe(1);
  });
});

describe("a target", () => {
  it("hides its credentials if an answer repeats them", async () => {
    const server = await startReceiver((response, { headers }) => {
      response.statusCode = 400;
      response.end(`bad request: ${JSON.stringify(headers)}`);
    });
    const target = targetAt(server.url, { bearerToken: "s3cr3t", headers: { "x-key": "k3y-k3y" } });
    const { message } = await failureOf(target.send("PUT", path, "a 1\n", new AbortController()));
    expect(message).toBe("HTTP 400: (not shown, since it repeats a credential)");
  });

  it("hides its credentials if a transport repeats them while the gateway lists its groups", async () => {
    const transport = ({ url }: TransportRequest) => Promise.reject(new Error(`no way to ${url}`));
    const target = targetAt("http://gateway.example", { query: "?token=s3cr3t-t0ken", transport });
    const { message } = await failureOf(
      target.read("/api/v1/metrics", new AbortController(), 1_000),
    );
    expect(message).toBe("(not shown, since it repeats a credential)");
  });

  it("takes an answer without a body for an empty list of groups", async () => {
    const transport = (() => Promise.resolve({ status: 200 })) as unknown as Transport;
    const target = targetAt("http://gateway.example", { transport });
    const { body } = await target.read("/api/v1/metrics", new AbortController(), 1_000);
    expect(body).toBe("");
  });

  it.each(["PUT", "GET"])("asks OpenTelemetry for no span of a %s", async (method) => {
    const key = Symbol.for("opentelemetry.js.api.1");
    let suppressed = false;
    const context = {
      active: () => ({ setValue: (_: symbol, value: unknown) => value }),
      with: (value: unknown, run: () => unknown) => {
        suppressed = value === true;
        return run();
      },
    };
    Object.assign(globalThis, { [key]: { context } });
    onTestFinished(() => void Reflect.deleteProperty(globalThis, key));
    const target = targetAt("http://gateway.example", {
      transport: () => Promise.resolve({ status: 200, body: "" }),
    });
    if (method === "PUT") await target.send("PUT", path, "a 1\n", new AbortController());
    else await target.read("/api/v1/metrics", new AbortController(), 1_000);
    expect(suppressed).toBe(true);
  });

  it("reads no more of an endless answer than it shows", async () => {
    let open = false;
    const server = await startReceiver((response) => {
      open = true;
      response.once("close", () => (open = false));
      response.statusCode = 500;
      const more = () => response.write("no ".repeat(10_000)) && setImmediate(more);
      response.on("drain", more);
      more();
    });
    const { message } = await failureOf(
      targetAt(server.url).send("PUT", path, "a 1\n", new AbortController()),
    );
    expect(message).toMatch(/^HTTP 500: no no /);
    await expect.poll(() => open).toBe(false);
  });

  it.each(["PUT", "POST"] as const)(
    "sends %s with the content type of the text format",
    async (method) => {
      const server = await startReceiver();
      await targetAt(server.url).send(method, path, "a 1\n", new AbortController());
      expect(server.received).toHaveLength(1);
      const [request] = server.received;
      expect(request).toMatchObject({ method, path });
      expect(request?.body.toString()).toBe("a 1\n");
      expect(request?.headers["content-type"]).toBe("text/plain; version=0.0.4");
      expect(request?.headers).not.toHaveProperty("authorization");
      expect(request?.headers).not.toHaveProperty("content-encoding");
    },
  );

  it("can have a path prefix", async () => {
    const server = await startReceiver();
    for (const prefix of ["/push/gateway", "/push/gateway/", "/a%2Fb"]) {
      await targetAt(server.url + prefix).send("PUT", path, "a 1\n", new AbortController());
    }
    expect(server.received.map((request) => request.path)).toEqual([
      `/push/gateway${path}`,
      `/push/gateway${path}`,
      `/a%2Fb${path}`,
    ]);
  });

  it("sends DELETE without a body", async () => {
    const server = await startReceiver((response) => response.writeHead(202).end());
    await targetAt(server.url).send("DELETE", path, undefined, new AbortController());
    expect(server.received).toMatchObject([{ method: "DELETE", path }]);
    expect(server.received[0]?.body).toHaveLength(0);
  });

  it("compresses bodies over the threshold, each time", async () => {
    const server = await startReceiver();
    const body = `# HELP größe 😀 ${"x".repeat(100)}\n`;
    const bytes = Buffer.byteLength(body);
    for (const gzipAboveBytes of [bytes - 1, bytes]) {
      await targetAt(server.url, { gzipAboveBytes }).send("PUT", path, body, new AbortController());
    }
    const [compressed, plain] = server.received;
    expect(compressed?.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(compressed!.body).toString()).toBe(body);
    expect(plain?.headers).not.toHaveProperty("content-encoding");
    expect(plain?.body.toString()).toBe(body);
  });

  it("counts the bytes of a body, not its characters", async () => {
    const server = await startReceiver();
    const target = targetAt(server.url, { gzipAboveBytes: 30 });
    for (const body of ["é".repeat(15), "é".repeat(16), "x".repeat(30), "x".repeat(31)])
      await target.send("PUT", path, body, new AbortController());
    expect(server.received.map(({ headers }) => headers["content-encoding"])).toEqual([
      undefined,
      "gzip",
      undefined,
      "gzip",
    ]);
  });

  it("compresses bodies over 65,536 bytes by default", async () => {
    const server = await startReceiver();
    const target = targetAt(server.url);
    await target.send("PUT", path, "x".repeat(65_537), new AbortController());
    await target.send("PUT", path, "x".repeat(65_536), new AbortController());
    expect(server.received.map(({ headers }) => headers["content-encoding"])).toEqual([
      "gzip",
      undefined,
    ]);
  });

  it("compresses in a later turn of the event loop, so that a response does not wait for it", async () => {
    const server = await startReceiver();
    let compressed = false;
    const Original = CompressionStream;
    vi.stubGlobal(
      "CompressionStream",
      class extends Original {
        constructor(format: "gzip") {
          super(format);
          compressed = true;
        }
      },
    );
    try {
      const target = targetAt(server.url, { gzipAboveBytes: 0 });
      const sent = target.send("PUT", path, "a 1\n", new AbortController());
      // All promise callbacks run before anything else.
      await new Promise((resolve) => {
        process.nextTick(resolve);
      });
      for (let i = 0; i < 100; i++) await undefined;
      expect(compressed).toBe(false);
      await sent;
    } finally {
      vi.unstubAllGlobals();
    }
    expect(server.received[0]!.headers["content-encoding"]).toBe("gzip");
  });

  it("looks for the platform's compression only if a body is long and the transport has none", async () => {
    const server = await startReceiver();
    const transport = Object.assign((request: TransportRequest) => fetchTransport(request), {
      gzip: (body: string | Uint8Array) => Promise.resolve(gzipSync(body)),
    });
    const own = Object.getOwnPropertyDescriptor(globalThis, "CompressionStream")!;
    let looked = 0;
    Object.defineProperty(globalThis, "CompressionStream", {
      configurable: true,
      get() {
        looked++;
        return own.get ? Reflect.apply(own.get, globalThis, []) : own.value;
      },
    });
    const send = (options: Partial<PushgatewayOptions>, body: string) =>
      targetAt(server.url, { gzipAboveBytes: 10, ...options }).send(
        "PUT",
        path,
        body,
        new AbortController(),
      );
    try {
      await send({}, "short 1\n");
      await send({ transport }, "so_long_a_line 1\n");
      expect(looked).toBe(0);
      await send({}, "so_long_a_line 1\n");
      expect(looked).toBe(1);
    } finally {
      Object.defineProperty(globalThis, "CompressionStream", own);
    }
    expect(server.received.map(({ headers }) => headers["content-encoding"])).toEqual([
      undefined,
      "gzip",
      "gzip",
    ]);
  });

  it("sends bodies uncompressed if the platform has no compression", async () => {
    const server = await startReceiver();
    vi.stubGlobal("CompressionStream", undefined);
    try {
      await targetAt(server.url, { gzipAboveBytes: 0 }).send(
        "PUT",
        path,
        "a 1\n",
        new AbortController(),
      );
    } finally {
      vi.unstubAllGlobals();
    }
    expect(server.received[0]?.body.toString()).toBe("a 1\n");
  });

  it.each([
    [
      { username: "user", password: "pässwörd:" },
      `Basic ${Buffer.from("user:pässwörd:").toString("base64")}`,
    ],
    [{ username: "user" }, `Basic ${Buffer.from("user:").toString("base64")}`],
    [{ password: "secret" }, `Basic ${Buffer.from(":secret").toString("base64")}`],
    [{ bearerToken: "t0ken" }, "Bearer t0ken"],
    [{ bearerToken: "t0ken", username: "user", password: "secret" }, "Bearer t0ken"],
    [{ bearerToken: "t0ken", headers: { Authorization: "Custom 1" } }, "Custom 1"],
  ])("sends the credentials of %j", async (options, authorization) => {
    const server = await startReceiver();
    await targetAt(server.url, options).send("PUT", path, "a 1\n", new AbortController());
    expect(server.received[0]?.headers.authorization).toBe(authorization);
  });

  it("sends additional headers, whatever their case", async () => {
    const server = await startReceiver();
    const headers = { "X-Scope-OrgID": "tenant", "CONTENT-TYPE": "text/plain" };
    await targetAt(server.url, { headers }).send("PUT", path, "a 1\n", new AbortController());
    expect(server.received[0]?.headers).toMatchObject({
      "x-scope-orgid": "tenant",
      "content-type": "text/plain",
    });
  });

  it.each([
    ["a Headers object", new Headers({ "x-key": "1" })],
    ["a Map", new Map([["X-Key", "1"]])],
  ])("sends headers from %s", async (_, all) => {
    const server = await startReceiver();
    const headers = all as unknown as Record<string, string>;
    await targetAt(server.url, { headers }).send("PUT", path, "a 1\n", new AbortController());
    expect(server.received[0]?.headers).toHaveProperty("x-key", "1");
  });

  it("says that a text is no set of headers", async () => {
    const headers = "secret" as unknown as Record<string, string>;
    await expect(
      targetAt("http://gateway", { headers }).send("PUT", path, "a 1\n", new AbortController()),
    ).rejects.toThrow("header s is not text");
  });

  it("sends numbers in headers, and none that an object only inherits", async () => {
    const server = await startReceiver();
    const inherited = Object.create({ "x-inherited": "no" }) as Record<string, string>;
    const headers = Object.assign(inherited, { "x-shard": 7 as unknown as string });
    await targetAt(server.url, { headers }).send("PUT", path, "a 1\n", new AbortController());
    expect(server.received[0]?.headers).toMatchObject({ "x-shard": "7" });
    expect(server.received[0]?.headers).not.toHaveProperty("x-inherited");
  });

  it.each([undefined, null, {}, ["a"], Symbol("s3cret"), () => "s3cret"])(
    "refuses a header whose value is %o, and names the header",
    async (value) => {
      const server = await startReceiver();
      const headers = { "X-Key": value } as unknown as Record<string, string>;
      await expect(
        targetAt(server.url, { headers }).send("PUT", path, "a 1\n", new AbortController()),
      ).rejects.toThrow(/^header x-key is not text$/);
      expect(server.received).toEqual([]);
    },
  );

  it.each([
    ["a function", () => ({ "x-key": "secret" })],
    ["an async function", async () => Promise.resolve({ "x-key": "secret" })],
  ])("sends headers from %s that is called once", async (_, source) => {
    const server = await startReceiver();
    const headers = vi.fn(source);
    const target = targetAt(server.url, { headers });
    for (let i = 0; i < 3; i++) await target.send("PUT", path, "a 1\n", new AbortController());
    expect(headers).toHaveBeenCalledTimes(1);
    expect(server.received.map((request) => request.headers["x-key"])).toEqual(
      Array(3).fill("secret"),
    );
  });

  it.each([401, 403])("asks for new headers after a %d", async (status) => {
    const server = await startReceiver((response, { headers }) =>
      response.writeHead(headers["x-key"] === "new" ? 200 : status).end(),
    );
    const headers = vi.fn<() => { "x-key": string }>(() => ({ "x-key": "new" }));
    headers.mockReturnValueOnce({ "x-key": "old" });
    const target = targetAt(server.url, { headers });
    await expect(target.send("PUT", path, "a 1\n", new AbortController())).rejects.toThrow(
      `HTTP ${status}`,
    );
    await target.send("PUT", path, "a 1\n", new AbortController());
    await target.send("PUT", path, "a 1\n", new AbortController());
    expect(headers).toHaveBeenCalledTimes(2);
  });

  it("asks for headers again after that failed", async () => {
    const server = await startReceiver();
    const headers = vi.fn(() => Promise.resolve({ "x-key": "a" }));
    headers.mockRejectedValueOnce(new Error("the vault is closed"));
    const target = targetAt(server.url, { headers });
    await expect(target.send("PUT", path, "a 1\n", new AbortController())).rejects.toThrow(
      "the vault is closed",
    );
    await target.send("PUT", path, "a 1\n", new AbortController());
    expect(server.received).toHaveLength(1);
  });

  it.each([200, 201, 202, 204])("takes a %d for success", async (status) => {
    const server = await startReceiver((response) => response.writeHead(status).end());
    await expect(
      targetAt(server.url).send("PUT", path, "a 1\n", new AbortController()),
    ).resolves.toBeUndefined();
  });

  it.each([300, 301, 307, 400, 404, 429, 500, 503])(
    "takes a %d for a failure and follows no redirect",
    async (status) => {
      const server = await startReceiver((response) =>
        response.writeHead(status, { location: "/elsewhere" }).end("the reason"),
      );
      const error = await failureOf(
        targetAt(server.url).send("PUT", path, "a 1\n", new AbortController()),
      );
      expect(error).toMatchObject({ name: "PushError", status });
      expect(error.message).toMatch(new RegExp(`^HTTP ${status}: the reason(; |$)`));
      expect(server.received).toHaveLength(1);
    },
  );

  it("takes the answers of a transport that leaves the body out", async () => {
    const answers = [{ status: 200 }, { status: 400 }] as unknown as TransportResponse[];
    const target = targetAt("http://gateway.example", {
      transport: () => Promise.resolve(answers.shift()!),
    });
    await target.send("PUT", path, "a 1\n", new AbortController());
    const error = await failureOf(target.send("PUT", path, "a 1\n", new AbortController()));
    expect(error.message).toBe("HTTP 400");
  });

  it("includes the first 500 characters of the answer in the error", async () => {
    const server = await startReceiver((response) => response.writeHead(400).end("é".repeat(800)));
    const error = await failureOf(
      targetAt(server.url).send("PUT", path, "a 1\n", new AbortController()),
    );
    expect(error.message).toBe(`HTTP 400: ${"é".repeat(500)}`);
  });

  it("reports the status alone if the answer is empty", async () => {
    const server = await startReceiver((response) => response.writeHead(502).end());
    const error = await failureOf(
      targetAt(server.url).send("PUT", path, "a 1\n", new AbortController()),
    );
    expect(error.message).toBe("HTTP 502");
  });

  it("can be aborted while its headers are fetched, and sends nothing", async () => {
    const server = await startReceiver();
    const controller = new AbortController();
    const headers = async () => {
      controller.abort();
      return { authorization: "Bearer fetched" };
    };
    const sent = targetAt(server.url, { headers }).send("PUT", path, "a 1\n", controller);
    await expect(sent).rejects.toThrow(/abort/i);
    expect(server.received).toEqual([]);
  });

  it("can be aborted while its body is compressed, and sends nothing", async () => {
    const server = await startReceiver();
    const controller = new AbortController();
    const target = targetAt(server.url, { gzipAboveBytes: 0 });
    const sent = target.send("PUT", path, "a 1\n", controller);
    controller.abort();
    await expect(sent).rejects.toThrow(/abort/i);
    expect(server.received).toEqual([]);
  });

  it("can be aborted by its signal", async () => {
    const server = await startReceiver(() => undefined);
    const controller = new AbortController();
    const sent = targetAt(server.url).send("PUT", path, "a 1\n", controller);
    await expect.poll(() => server.received.length).toBe(1);
    controller.abort();
    await expect(sent).rejects.toThrow();
  });

  it.each([
    ["a token with a line feed", { bearerToken: "s3cret\nx" }],
    ["a token with a character outside Latin-1", { bearerToken: "s3cret€" }],
    ["a header with a carriage return", { headers: { "X-Key": "s3cret\r" } }],
    ["a header with NUL", { headers: { "X-Key": "\0s3cret" } }],
  ])("refuses %s and does not reveal it", async (_, options) => {
    const server = await startReceiver();
    const error = await failureOf(
      targetAt(server.url, options).send("PUT", path, "a 1\n", new AbortController()),
    );
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain("s3cret");
    expect(error.message).toMatch(
      /^header (authorization|x-key) has characters that HTTP forbids$/,
    );
    expect(server.received).toHaveLength(0);
  });
});
