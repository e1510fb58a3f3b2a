import type { TransportRequest } from "@prefreeze/core";
import { httpTransport } from "@prefreeze/node";
import { undiciTransport } from "@prefreeze/node/undici";
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Agent, ProxyAgent } from "undici";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { recordingServer } from "./recording-server.js";

let folder: string;
let ca: Buffer;
let server: { key: Buffer; cert: Buffer };
let client: { key: Buffer; cert: Buffer };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "prefreeze-certificates-"));
  openssl(
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem",
  );
  ca = await readFile(join(folder, "ca.pem"));
  server = await certificate("server", "subjectAltName=DNS:localhost");
  client = await certificate("client", "extendedKeyUsage=clientAuth");
});
afterAll(() => rm(folder, { recursive: true }));

async function certificate(
  name: string,
  extension: string,
): Promise<{ key: Buffer; cert: Buffer }> {
  openssl(
    `req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${name} -addext ${extension} -keyout ${name}.key -out ${name}.csr`,
  );
  openssl(
    `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copyall -out ${name}.pem`,
  );
  return {
    key: await readFile(join(folder, `${name}.key`)),
    cert: await readFile(join(folder, `${name}.pem`)),
  };
}

function openssl(words: string): void {
  execFileSync("openssl", words.split(" "), { cwd: folder, stdio: "pipe" });
}

const put = (url: string, controller = new AbortController()): TransportRequest => ({
  method: "PUT",
  url: `${url}/metrics/job/a`,
  headers: {},
  body: "a 1\n",
  controller,
  timeoutMs: 5_000,
  signal: controller.signal,
});

test("httpTransport rejects a certificate of an unknown authority and reports it", async () => {
  const { url, requests } = await recordingServer(undefined, server);
  await expect(httpTransport(put(url))).rejects.toThrow(/unable to verify the first certificate/);
  expect(requests).toEqual([]);
});

test("httpTransport pushes over HTTPS if NODE_EXTRA_CA_CERTS names the authority", async () => {
  const { url, requests } = await recordingServer(undefined, server);
  const script = fileURLToPath(new URL("fixtures/push-once.mjs", import.meta.url));
  const env = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
  const { stdout } = await promisify(execFile)(process.execPath, [script, "http", url], { env });
  expect(stdout).toBe("202\n");
  expect(requests).toHaveLength(1);
});

test("httpTransport tells the server its name, speaks HTTP/1.1 and resumes its session", async () => {
  const seen: object[] = [];
  const secure = createTlsServer({ ...server, ALPNProtocols: ["h2", "http/1.1"] }, (socket) => {
    const { servername, alpnProtocol } = socket as TLSSocket & { readonly servername: unknown };
    seen.push({ servername, alpnProtocol, resumed: socket.isSessionReused() });
    socket
      .on("error", () => undefined)
      .once("data", () =>
        socket.end("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
      );
  }).listen(0, "127.0.0.1");
  await once(secure, "listening");
  onTestFinished(() => void secure.close());
  const url = `https://localhost:${(secure.address() as AddressInfo).port}/`;
  const script = fileURLToPath(new URL("fixtures/push-and-explain.mjs", import.meta.url));
  const env = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
  const { stdout } = await promisify(execFile)(process.execPath, [script, url, url], { env });
  expect(JSON.parse(stdout)).toEqual({
    answers: [202, 202],
    explained: "node:net",
    loaded: ["net", "tls"],
  });
  const each = { servername: "localhost", alpnProtocol: "http/1.1" };
  expect(seen).toEqual([
    { ...each, resumed: false },
    { ...each, resumed: true },
  ]);
});

test("httpTransport sends nothing to a server whose certificate has another name", async () => {
  const { url, requests } = await recordingServer(undefined, server);
  const script = fileURLToPath(new URL("fixtures/push-and-explain.mjs", import.meta.url));
  const env = { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
  const address = `https://127.0.0.1:${new URL(url).port}/`;
  const { stdout } = await promisify(execFile)(process.execPath, [script, address], { env });
  expect((JSON.parse(stdout) as { answers: string[] }).answers[0]).toMatch(
    /IP: 127.0.0.1 is not in the cert's list/,
  );
  expect(requests).toEqual([]);
});

test("undiciTransport pushes over HTTPS with an authority of its own, over one connection", async () => {
  const { url, requests, connections } = await recordingServer(undefined, server);
  const dispatcher = new Agent({ connections: 1, connect: { ca } });
  onTestFinished(() => dispatcher.close());
  const send = undiciTransport(dispatcher);
  for (let i = 0; i < 3; i++) expect((await send(put(url))).status).toBe(202);
  expect(requests).toHaveLength(3);
  expect(connections.opened).toBe(1);
});

test("undiciTransport presents its client certificate to a gateway that requires one", async () => {
  const { url, requests } = await recordingServer(undefined, {
    ...server,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const withoutCertificate = new Agent({ connect: { ca } });
  const withCertificate = new Agent({ connect: { ca, ...client } });
  onTestFinished(
    async () => void (await Promise.all([withoutCertificate.close(), withCertificate.close()])),
  );
  await expect(undiciTransport(withoutCertificate)(put(url))).rejects.toThrow();
  expect(requests).toEqual([]);
  expect((await undiciTransport(withCertificate)(put(url))).status).toBe(202);
});

test("undiciTransport pushes through a proxy", async () => {
  const { url, requests } = await recordingServer(undefined, server);
  const proxied: {
    readonly host: string | undefined;
    readonly authorization: string | undefined;
  }[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, socket) => {
    proxied.push({ host: request.url, authorization: request.headers["proxy-authorization"] });
    const upstream = connect(Number(new URL(url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    socket.on("close", () => upstream.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const dispatcher = new ProxyAgent({
    uri: `http://127.0.0.1:${port}`,
    token: "Bearer proxy",
    requestTls: { ca },
  });
  onTestFinished(async () => {
    await dispatcher.close();
    proxy.close();
  });
  expect((await undiciTransport(dispatcher)(put(url))).status).toBe(202);
  expect(proxied).toEqual([{ host: new URL(url).host, authorization: "Bearer proxy" }]);
  expect(requests[0]).toMatchObject({ method: "PUT", path: "/metrics/job/a", body: "a 1\n" });
});
