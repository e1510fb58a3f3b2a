// A process of its own with broken gateways on 127.0.0.1 and one that records pushes. Its argument is the folder for
// the certificate of the TLS gateway. It sends the ports to its parent.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createPlainServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import type { Arrival, GatewayPorts } from "./broken-gateways.js";

const [folder = "."] = process.argv.slice(2);
execFileSync(
  "openssl",
  (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gateway " +
    "-addext subjectAltName=IP:127.0.0.1 -keyout gateway.key -out gateway.pem"
  ).split(" "),
  { cwd: folder, stdio: "pipe" },
);
const key = readFileSync(`${folder}/gateway.key`);
const cert = readFileSync(`${folder}/gateway.pem`);

const fail: RequestListener = (request, response) => {
  request.resume().on("end", () => response.writeHead(500).end());
};

const arrivals: Arrival[] = [];
const record: RequestListener = (request, response) => {
  const atMs = performance.now();
  void text(request).then((body) => {
    if (request.method === "GET") return response.end(JSON.stringify(arrivals));
    arrivals.push({ atMs, path: request.url ?? "", body });
    return response.end();
  });
};

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

// A function can be frozen for any length of time, so connections must stay open.
const keepAliveTimeout = 0;
const ports: GatewayPorts = {
  hanging: await listen(
    createPlainServer((socket) => socket.on("error", () => undefined).resume()),
  ),
  failing: await listen(createServer({ keepAliveTimeout }, fail)),
  failingSecure: await listen(createSecureServer({ key, cert, keepAliveTimeout }, fail)),
  recording: await listen(createServer({ keepAliveTimeout }, record)),
};
process.once("disconnect", () => process.exit());
process.send?.(ports);
