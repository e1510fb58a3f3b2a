import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withCompileHints } from "../../packages/compile-hints.mjs";
import { type Consumer, createConsumer } from "./consumer.js";
import { root } from "./packages.js";

test("what a cold start calls does not depend on the variables of whoever builds", () => {
  const coldStart = join(root, "packages/cold-start.mjs");
  const set = { PREFREEZE_DISABLED: "1", VERCEL: "1", HTTP_PROXY: "http://127.0.0.1:9" };
  const printed = execFileSync(process.execPath, ["--conditions=module", coldStart], {
    encoding: "utf8",
    env: { ...process.env, ...set },
    timeout: 20_000,
  });
  expect(printed).toContain("/node/dist/esm/transport/raw/exchange.js");
});

describe("a function that a cold start calls", () => {
  /** Hints the functions that begin with the word `called`, or have it as their name. */
  const hinted = (code: string) => {
    const begins = /(?:async )?(?:function\*? )?called/g;
    return withCompileHints(code, new Set([...code.matchAll(begins)].map(({ index }) => index)));
  };

  test.each([
    ["is a variable", "function called() {}", "var called = (function called() {});"],
    [
      "stays exported",
      "export function called() {}",
      "export var called = (function called() {});",
    ],
    [
      "stays asynchronous",
      "async function called() {}",
      "var called = (async function called() {});",
    ],
    ["stays a generator", "function* called() {}", "var called = (function* called() {});"],
    ["stays an argument", "f(called => 1, 2);", "f((called => 1), 2);"],
    ["stays a method", "x = { called(a) {} };", "x = { called: (function (a) {}) };"],
    ["stays a getter", "x = { get called() {} };", "x = { get called() {} };"],
    ["is hinted once", "f((called => 1));", "f((called => 1));"],
    ["stays in its block", "if (a) { function called() {} }", "if (a) { function called() {} }"],
  ])("%s", (_, code, expected) => {
    expect(hinted(code)).toBe(expected);
  });

  test("goes before what uses it and after the imports, with its comment", () => {
    const code = `import { a } from "a";
const early = called();
/** Returns a. */
function called() { return a; }
export { early };`;
    expect(hinted(code)).toBe(`import { a } from "a";
/** Returns a. */
var called = (function called() { return a; });
const early = called();
export { early };`);
  });
});

describe("in the bundle of a function", () => {
  let consumer: Consumer;
  let events: readonly (readonly string[])[];

  beforeAll(async () => {
    consumer = await createConsumer([
      "@prefreeze/core",
      "@prefreeze/node",
      "@prefreeze/aws-lambda",
    ]);
    await consumer.write({ "handler.mjs": HANDLER, "cold-start.mjs": COLD_START });
    await build({
      entryPoints: [join(consumer.folder, "handler.mjs")],
      outfile: join(consumer.folder, "bundle.mjs"),
      bundle: true,
      minify: true,
      platform: "node",
      format: "esm",
    });
    await consumer.node(
      "--log-function-events",
      "--no-logfile-per-isolate",
      "--logfile=v8.log",
      "cold-start.mjs",
    );
    const log = (await readFile(join(consumer.folder, "v8.log"), "utf8")).split("\n");
    const fields = log.map((line) => line.split(","));
    const script = fields.find(([, , name]) => name?.endsWith("/bundle.mjs"))![1];
    events = fields.filter(([kind, , id]) => kind === "function" && id === script);
  });

  afterAll(async () => {
    await consumer.remove();
  });

  const count = (event: string) => events.filter(([, name]) => name === event).length;

  // V8 of Node.js 20 leaves arrow functions aside, and no V8 takes a hint for a getter.
  test("V8 compiles most functions of a cold start before they are called", () => {
    const compiled = count("interpreter");
    expect(compiled).toBeGreaterThan(250);
    expect(count("parse-function")).toBeLessThan(0.4 * compiled);
  });
});

const HANDLER = `
import { counter, instrument } from "@prefreeze/aws-lambda";
const orders = counter({ name: "orders_total", help: "Orders accepted.", labelNames: ["plan"] });
export const handler = instrument(async () => orders.inc({ plan: "pro" }));`;

const COLD_START = `
import { once } from "node:events";
import { createServer } from "node:http";
const gateway = createServer((request, response) => request.resume().on("end", () => response.end()));
await once(gateway.listen(0, "127.0.0.1"), "listening");
Object.assign(process.env, {
  AWS_LAMBDA_FUNCTION_NAME: "orders",
  AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001",
  PUSHGATEWAY_URL: "http://127.0.0.1:" + gateway.address().port,
});
const { handler } = await import("./bundle.mjs");
await handler({}, { awsRequestId: "1", getRemainingTimeInMillis: () => 3000 });
process.exit();`;
