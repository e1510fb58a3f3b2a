// A server that answers `GET /orders/42` with 13 bytes: `node server.mjs FRAMEWORK METRICS`, with FRAMEWORK `node-http`
// or `express` and METRICS `bare`, `prefreeze` or `express-prom-bundle`. On any line of its input, it prints the CPU
// time that it has used so far, in microseconds.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [framework, metrics] = process.argv.slice(2);
const load = createRequire(
  new URL("../../../packages/node/test/frameworks/package.json", import.meta.url),
);

const server = framework === "express" ? expressServer() : createServer(answer);
if (metrics === "prefreeze") {
  const { instrumentServer } = await import("@prefreeze/node");
  instrumentServer(server);
}
// Its clients wait while other servers have their turn.
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("data", () => {
  const { user, system } = process.cpuUsage();
  console.log(user + system);
});
process.stdin.once("end", () => process.exit());

function answer(_, response) {
  response.writeHead(200, { "content-type": "text/plain", "content-length": 13 });
  response.end("hello, world\n");
}

function expressServer() {
  const express = load("express");
  const app = express();
  if (metrics === "express-prom-bundle")
    app.use(load("express-prom-bundle")({ includePath: true, includeMethod: true }));
  app.get("/orders/:id", answer);
  return createServer(app);
}
