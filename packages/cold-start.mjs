// Runs a cold start on Lambda, with its first invocation: `cold-start.mjs [registered]`. Prints which functions of dist/esm that calls:
// as JSON, where they begin, by file. Node.js has to be told of the condition `module`, so that it loads them.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const isRegistered = process.argv.includes("registered");
const temporary = mkdtempSync(join(tmpdir(), "cold-start-"));
process.on("exit", () => rmSync(temporary, { recursive: true }));

// What whoever builds has set for other programs, a proxy for example, is nothing to the packages.
for (const name of Object.keys(process.env)) {
  if (/^(AWS|OTEL|PREFREEZE|PUSHGATEWAY|VERCEL)(_|$)|_proxy$/i.test(name)) delete process.env[name];
}

/** The gateway, and the part of Lambda's API that extensions ask. */
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    if (request.url.endsWith("/extension/event/next")) server.emit("next", response);
    else response.setHeader("lambda-extension-identifier", "1").end();
    if (request.method === "PUT") server.emit("pushed");
  });
});
await once(server.listen(0, "127.0.0.1"), "listening");
const address = `127.0.0.1:${server.address().port}`;
Object.assign(process.env, {
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
  AWS_LAMBDA_FUNCTION_NAME: "cold-start",
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_LAMBDA_LOG_STREAM_NAME: "cold-start",
  AWS_LAMBDA_RUNTIME_API: address,
  PUSHGATEWAY_URL: `http://${address}`,
  TMPDIR: temporary,
});

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

const asked = isRegistered ? once(server, "next") : undefined;
if (isRegistered) await import("@prefreeze/aws-lambda/register");
const { counter, histogram, instrument } = await import("@prefreeze/aws-lambda");
const orders = counter({ name: "orders_total", help: "Orders accepted.", labelNames: ["plan"] });
const size = histogram({ name: "order_bytes", help: "Size of an order.", buckets: [1_000] });
const handler = instrument(async () => {
  orders.inc({ plan: "pro" });
  size.observe(500);
});

const requestId = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
const deadlineMs = Date.now() + 3_000;
const pushed = once(server, "pushed");
if (asked) {
  const [response] = await asked;
  response.end(JSON.stringify({ eventType: "INVOKE", requestId, deadlineMs }));
}
await handler(
  {},
  { awsRequestId: requestId, getRemainingTimeInMillis: () => deadlineMs - Date.now() },
);
await pushed;
// What the answer of the gateway leads to.
if (isRegistered) await once(server, "next");

const { result } = await session.post("Profiler.takePreciseCoverage");
const called = {};
for (const { url, functions } of result) {
  if (!url.includes("/dist/esm/")) continue;
  called[url] = functions
    .map(({ ranges }) => ranges[0])
    .filter(({ count }) => count > 0)
    .map(({ startOffset }) => startOffset);
}
console.log(JSON.stringify(called));
process.exit();
