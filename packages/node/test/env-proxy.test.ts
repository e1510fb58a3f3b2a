import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { nodeBinary } from "@prefreeze/lambda-emulator/runtime-clients";
import { expect, onTestFinished, test } from "vitest";
import { type RecordingServer, recordingServer } from "./recording-server.js";

const program = fileURLToPath(new URL("fixtures/push-twice.mjs", import.meta.url));

/** Pushes in a process of its own, and returns the answers. */
async function pushOn(
  version: 20 | 22 | 24,
  urls: readonly string[],
  env: Record<string, string>,
): Promise<string[]> {
  const node = await nodeBinary(version);
  const { stdout } = await promisify(execFile)(node, [program, ...urls], { env });
  return stdout.trim().split("\n");
}

/** A proxy that tunnels to its gateway, whatever its address, or refuses. */
async function startProxy(gateway: RecordingServer, refuses = false) {
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(202).end();
  });
  proxy.on("connect", ({ url }, socket) => {
    seen.push(`CONNECT ${url}`);
    if (refuses) return socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const upstream = connect(Number(new URL(gateway.url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    return socket.on("close", () => upstream.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return { seen, env: { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: url, HTTPS_PROXY: url } };
}

/** A gateway with TLS, and the variable that makes Node.js trust it. */
async function secureGateway() {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-proxy-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const words =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gateway.test -addext subjectAltName=DNS:gateway.test -keyout key -out cert";
  execFileSync("openssl", words.split(" "), { cwd: folder, stdio: "pipe" });
  const [key, cert] = await Promise.all([
    readFile(join(folder, "key")),
    readFile(join(folder, "cert")),
  ]);
  const gateway = await recordingServer(undefined, { key, cert });
  return { gateway, env: { NODE_EXTRA_CA_CERTS: join(folder, "cert") } };
}

test.each([22, 24] as const)(
  "on Node.js %d, pushes go through the proxy that NODE_USE_ENV_PROXY turns on",
  async (version) => {
    const { gateway, env } = await secureGateway();
    const proxy = await startProxy(gateway);
    const urls = ["http://plain.test:9091/a", "https://gateway.test/b", "https://gateway.test/c"];
    expect(await pushOn(version, urls, { ...env, ...proxy.env })).toEqual(["202", "202", "202"]);
    expect(proxy.seen).toEqual(["PUT http://plain.test:9091/a", "CONNECT gateway.test:443"]);
    expect(gateway.requests.map(({ path, body }) => [path, body])).toEqual([
      ["/b", "a 1\n"],
      ["/c", "a 1\n"],
    ]);
  },
);

test("pushes to a gateway in NO_PROXY go straight to it", async () => {
  const gateway = await recordingServer();
  const proxy = await startProxy(gateway);
  const env = { ...proxy.env, NO_PROXY: "127.0.0.1" };
  expect(await pushOn(24, [gateway.url], env)).toEqual(["202"]);
  expect(gateway.requests).toHaveLength(1);
  expect(proxy.seen).toEqual([]);
});

test("without NODE_USE_ENV_PROXY, pushes go straight to the gateway", async () => {
  const gateway = await recordingServer();
  const { env, seen } = await startProxy(gateway);
  expect(await pushOn(24, [gateway.url], { ...env, NODE_USE_ENV_PROXY: "0" })).toEqual(["202"]);
  expect(gateway.requests).toHaveLength(1);
  expect(seen).toEqual([]);
});

test("a proxy that refuses the tunnel was sent nothing of the push", async () => {
  const { gateway, env } = await secureGateway();
  const proxy = await startProxy(gateway, true);
  const [answer] = await pushOn(24, ["https://gateway.test/"], { ...env, ...proxy.env });
  expect(answer).toMatch(/nothing sent$/);
  expect(gateway.requests).toEqual([]);
});
