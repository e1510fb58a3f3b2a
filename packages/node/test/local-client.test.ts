import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { nodeBinary } from "@prefreeze/lambda-emulator/runtime-clients";
import { type LocalRequest, localClient } from "@prefreeze/node";
import { expect, onTestFinished, test, vi } from "vitest";
import { byteServer } from "./raw/byte-server.js";

const program = fileURLToPath(new URL("fixtures/ask-locally.mjs", import.meta.url));

const answer = (body: string, header = "") =>
  `HTTP/1.1 200 OK\r\n${header}Content-Length: ${body.length}\r\n\r\n${body}`;
/** A blank after the length, which llhttp accepts. */
const RARE = "HTTP/1.1 200 OK\r\nX-Id: 7\r\nContent-Length: 2 \r\n\r\nhi";

const GET: LocalRequest = { method: "GET", path: "/next", headers: {}, answerHeader: "x-id" };
const addressOf = (url: string) => url.replace("http://", "");

test("a request is answered with status, body and the header that is wanted", async () => {
  const server = await byteServer(() =>
    answer("hello", "Not-X-Id: 5\r\nVia: x-id:6\r\nX-ID: \t7 8 \r\nX-Id2: 9\r\n"),
  );
  const ask = localClient(addressOf(server.url));
  const sent = { ...GET, method: "POST", headers: { "x-name": "a" }, body: "ä" } as const;
  expect(await ask(sent)).toMatchObject({ status: 200, body: "hello", header: "7 8" });
  expect(server.requests).toEqual([
    `POST /next HTTP/1.1\r\nHost: ${addressOf(server.url)}\r\nConnection: keep-alive\r\n` +
      "x-name: a\r\nContent-Length: 2\r\n\r\nÃ¤",
  ]);
});

test("a header that is missing is undefined, and the next request uses the same connection", async () => {
  const server = await byteServer(() => answer(""));
  const ask = localClient(addressOf(server.url));
  expect((await ask(GET)).header).toBeUndefined();
  await ask(GET);
  expect(server.connections.opened).toBe(1);
});

test("an answer may take as long as it likes on a connection that is used again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let arrived: () => void;
  const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
  const server = await byteServer((n) => {
    if (n === 0) return answer("first");
    arrived();
    return undefined;
  });
  const ask = localClient(addressOf(server.url));
  await ask(GET);
  const polled = ask(GET);
  await hasArrived;
  vi.advanceTimersByTime(2 ** 31);
  const [connection] = server.connections.open;
  connection!.write(answer("second"));
  expect((await polled).body).toBe("second");
  expect(server.connections.opened).toBe(1);
});

test("an answer that is not read is asked for by node:http, and so are all later ones", async () => {
  const server = await byteServer(() => RARE);
  const ask = localClient(addressOf(server.url));
  expect(await ask(GET)).toMatchObject({ status: 200, body: "hi", header: "7" });
  expect(server.requests).toHaveLength(2);
  await ask(GET);
  expect(server.requests).toHaveLength(3);
  expect(server.connections.opened).toBe(2);
});

test("PREFREEZE_TRANSPORT=http asks by node:http", async () => {
  vi.stubEnv("PREFREEZE_TRANSPORT", "http");
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await byteServer(() => RARE);
  await localClient(addressOf(server.url))(GET);
  expect(server.requests).toHaveLength(1);
});

test.each(["net", "http"])(
  "without an answer, a request over node:%s fails in time",
  async (way) => {
    vi.stubEnv("PREFREEZE_TRANSPORT", way === "http" ? "http" : "");
    onTestFinished(() => void vi.unstubAllEnvs());
    const server = await byteServer(() => undefined);
    const asked = localClient(addressOf(server.url))({ ...GET, timeoutMs: 20 });
    await expect(asked).rejects.toThrow(/abort/i);
  },
);

test.each(["", "http"])(
  "an address may be of IPv6, with PREFREEZE_TRANSPORT=%s",
  async (transport) => {
    vi.stubEnv("PREFREEZE_TRANSPORT", transport);
    onTestFinished(() => void vi.unstubAllEnvs());
    const server = await byteServer(() => answer("hello"), "::1");
    expect((await localClient(addressOf(server.url))(GET)).body).toBe("hello");
  },
);

test.each(["", "http"])(
  "a character may be split, with PREFREEZE_TRANSPORT=%s",
  async (transport) => {
    vi.stubEnv("PREFREEZE_TRANSPORT", transport);
    onTestFinished(() => void vi.unstubAllEnvs());
    const chunks = "1\r\n\xc3\r\n1\r\n\xa4\r\n0\r\n\r\n";
    const server = await byteServer(
      () => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    );
    expect((await localClient(addressOf(server.url))(GET)).body).toBe("ä");
  },
);

test("an address that is none throws", () => {
  expect(() => localClient("no address")).toThrow(TypeError);
});

test.each(["net", "http"])(
  "over node:%s, a request without a time keeps no process running, and one with a time does",
  async (way) => {
    const server = await byteServer(() => undefined);
    const env = { ...process.env, ...(way === "http" && { PREFREEZE_TRANSPORT: "http" }) };
    const run = async (...args: string[]) =>
      (
        await promisify(execFile)(process.execPath, [program, addressOf(server.url), ...args], {
          env,
        })
      ).stdout;
    expect(await run()).toBe("exit\n");
    expect(await run("20")).toMatch(/^.*abort.*\nexit\n$/);
  },
);

test.each([
  ["", "is read", answer("hello")],
  ["", "is not read", RARE],
  ["http", "is read", answer("hello")],
])(
  "with PREFREEZE_TRANSPORT=%j, a request whose answer %s keeps no process running for the rest of its time",
  async (transport, _, bytes) => {
    const server = await byteServer(() => bytes);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [program, addressOf(server.url), "600000"],
      { env: { ...process.env, PREFREEZE_TRANSPORT: transport }, timeout: 10_000 },
    );
    expect(stdout).toBe("200\nexit\n");
  },
  20_000,
);

test.each([22, 24] as const)("on Node.js %d, no request goes by a proxy", async (version) => {
  const server = await byteServer(() => answer("hello"));
  const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://127.0.0.1:9" };
  const node = await nodeBinary(version);
  for (const transport of ["", "http"]) {
    const { stdout } = await promisify(execFile)(node, [program, addressOf(server.url), "5000"], {
      env: { ...env, PREFREEZE_TRANSPORT: transport },
    });
    expect(stdout).toBe("200\nexit\n");
  }
});
