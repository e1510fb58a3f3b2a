import { readdirSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { devLambda as runHandler, type DevLambdaResult } from "prefreeze";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startRealGateway } from "../../../../test/pushgateway/real.js";
import { temporaryFolder } from "../command.js";
import { devLambda, ORDERS, program, project } from "./project.js";

function resultOf(stdout: string): DevLambdaResult {
  return JSON.parse(stdout) as DevLambdaResult;
}

function valueOf({ series }: DevLambdaResult, name: string, labels: object = {}): number {
  return series
    .filter((each) => each.name === name)
    .filter((each) => Object.entries(labels).every(([key, value]) => each.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

test("a handler in TypeScript runs three times, and the table shows what it has recorded", async () => {
  const folder = await project({ "src/orders.ts": ORDERS, "event.json": '{"plan":"pro"}' });
  const { exitCode, stdout, stderr } = await devLambda(folder, [
    "src/orders.handler",
    "event.json",
    "--repeat",
    "3",
  ]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^#1 {4}ok +[\d.]+ ms {2}cold start \d+ ms +\{"accepted":"pro"\}\n#2 {4}ok +[\d.]+ ms +\{"accepted":"pro"\}\n#3 /,
  );
  expect(stdout).toMatch(/^orders_total +plan="pro" +3$/m);
  expect(stdout).toMatch(/^faas_invocations_total +faas_trigger="other" +3$/m);
  expect(stdout).toMatch(/^faas_coldstarts_total +faas_trigger="other" +1$/m);
  expect(stdout).not.toMatch(/prefreeze_|_bucket|target_info/);
  expect(stderr.match(/\tINFO\tan order of the plan pro\n/g)).toHaveLength(3);
});

test("failed and timed out invocations are shown, counted, and make the exit code 3", async () => {
  const folder = await project({ "orders.ts": ORDERS });
  const events = [{ plan: "a" }, { plan: "b", fail: true }, { plan: "c", hang: true }];
  const { exitCode, stdout } = await devLambda(
    folder,
    ["orders.handler", "-", "--each", "--json", "--timeout", "1s"],
    { stdin: JSON.stringify(events) },
  );
  expect(exitCode).toBe(3);
  const result = resultOf(stdout);
  expect(result).toMatchObject({
    ok: false,
    invocations: [
      { number: 1, ok: true, result: { accepted: "a" } },
      {
        number: 2,
        ok: false,
        error: { errorType: "TypeError", errorMessage: "no such plan" },
      },
      {
        number: 3,
        ok: false,
        error: {
          errorMessage: expect.stringMatching(/ Task timed out after 1\.00 seconds$/) as string,
        },
      },
    ],
  });
  // The lines of the source, not of the bundle.
  expect(result.invocations[1]?.error?.trace?.join("\n")).toMatch(/orders\.ts:7:\d+/);
  expect(valueOf(result, "orders_total")).toBe(1);
  expect(valueOf(result, "faas_errors_total", { error_type: "TypeError" })).toBe(1);
  expect(valueOf(result, "faas_timeouts_total")).toBe(1);
});

test.each([
  ["of all languages", "kein Gerät: 装置がない 💥 \u202e"],
  ["of many characters", "x".repeat(50_000)],
])("an error with a text %s is that error, and no timeout", async (_, message) => {
  const folder = await project({
    "a.cjs": "exports.handler = async ({ message }) => { throw new Error(message); };",
  });
  const { stdout } = await devLambda(folder, ["a.handler", "-", "--json"], {
    stdin: JSON.stringify({ message }),
  });
  expect(resultOf(stdout).invocations).toMatchObject([
    { ok: false, error: { errorType: "Error", errorMessage: message } },
  ]);
});

test("each of four invocations at once has an environment of its own, and nothing is lost", async () => {
  const folder = await project({
    "slow.mjs": `
      import { counter, instrument } from "@prefreeze/aws-lambda";
      const calls = counter({ name: "calls_total", help: "Calls." });
      export const handler = instrument(async () => {
        calls.inc();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return process.pid;
      });`,
  });
  const result = await runHandler({
    handler: `${folder}/slow.handler`,
    events: [{}, {}],
    repeat: 6,
    concurrency: 4,
  });
  expect(result.ok).toBe(true);
  expect(result.invocations.map(({ number }) => number)).toEqual([...Array(13).keys()].slice(1));
  expect(new Set(result.invocations.map(({ result }) => result)).size).toBe(4);
  expect(
    result.invocations.filter(({ initDurationMs }) => initDurationMs !== undefined),
  ).toHaveLength(4);
  expect(valueOf(result, "calls_total")).toBe(12);
  expect(valueOf(result, "faas_coldstarts_total")).toBe(4);
});

describe("every kind of module runs:", () => {
  test.each([
    ["CommonJS", { "a.cjs": "exports.handler = async () => require('node:os').EOL;" }, "a.handler"],
    [
      "ES module",
      { "a.mjs": "export const handler = async () => import.meta.url.length > 0;" },
      "a.handler",
    ],
    [
      "JavaScript without a package.json",
      { "a.js": "module.exports.handler = async () => 1;" },
      "a.handler",
    ],
    [
      "JavaScript with type: module",
      { "package.json": '{"type":"module"}', "a.js": "export const handler = async () => 1;" },
      "a.handler",
    ],
    [
      "TypeScript with a top-level await",
      {
        "a.ts":
          "const one: number = await Promise.resolve(1); export const handler = async () => one;",
      },
      "a.handler",
    ],
    [
      "a name with dots and its extension",
      { "a.b.ts": "export const handler = async () => 1;" },
      "a.b.ts.handler",
    ],
    [
      "a property of an export",
      { "a.mts": "export const api = { get: async () => 1 };" },
      "a.api.get",
    ],
    [
      "an ES module that bundles CommonJS",
      {
        "a.mts": 'import { b } from "./b.cjs"; export const handler = async () => b;',
        "b.cjs": "exports.b = require('node:path').sep;",
      },
      "a.handler",
    ],
    [
      "a response that streams",
      {
        "a.mjs": `export const handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.write("one "); stream.end("two");
        });`,
      },
      "a.handler",
    ],
  ] as const)("%s", async (_, files, handler) => {
    const folder = await project(files);
    const { ok, invocations, series } = await runHandler({ handler: `${folder}/${handler}` });
    expect(invocations[0]?.error).toBeUndefined();
    expect(ok).toBe(true);
    expect(series).toEqual([]);
  });
});

test("the function sees the variables of --env, none of this process's, and never another gateway", async () => {
  const folder = await project({
    "a.mjs": "export const handler = async () => process.env;",
    "variables.env": `# a comment\nexport PLAN="pro plus"\nEMPTY=\nPUSHGATEWAY_URL=https://production.example.com\nPUSHGATEWAY_BEARER_TOKEN=of-production\n`,
  });
  const { stdout } = await devLambda(folder, ["a.handler", "--env", "variables.env", "--json"], {
    environment: { HIDDEN: "of this process" },
  });
  const [invocation] = resultOf(stdout).invocations;
  const result = invocation?.result;
  expect(result).toMatchObject({
    PLAN: "pro plus",
    EMPTY: "",
    AWS_LAMBDA_FUNCTION_NAME: "a",
    PUSHGATEWAY_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
  });
  expect(result).not.toHaveProperty("HIDDEN");
  expect(result).not.toHaveProperty("PUSHGATEWAY_BEARER_TOKEN");
});

test("what a registered function keeps for a later push is pushed when its environment ends", async () => {
  const folder = await project({
    "later.mjs": `
      import "@prefreeze/aws-lambda/register";
      import { counter, instrument } from "@prefreeze/aws-lambda";
      const calls = counter({ name: "calls_total", help: "Calls." });
      export const handler = instrument(async () => calls.inc(), { minFlushIntervalMs: 60_000 });`,
  });
  const result = await runHandler({ handler: `${folder}/later.handler`, repeat: 5 });
  expect(result.ok).toBe(true);
  expect(valueOf(result, "calls_total")).toBe(5);
  expect(valueOf(result, "prefreeze_flushes_total")).toBe(1);
});

test("with --pushgateway it pushes to a real one, and shows its own job alone", async () => {
  const gateway = await startRealGateway();
  onTestFinished(() => gateway.stop());
  await fetch(`${gateway.url}/metrics/job/other`, {
    method: "PUT",
    body: "# TYPE orders_total counter\norders_total 7\n",
  });
  const folder = await project({ "orders.ts": ORDERS, "event.json": '{"plan":"a\\"b\\\\c"}' });
  const { exitCode, stdout } = await devLambda(folder, [
    "orders.handler",
    "event.json",
    "--json",
    "--pushgateway",
    gateway.url,
  ]);
  expect(exitCode).toBe(0);
  expect(valueOf(resultOf(stdout), "orders_total", { plan: 'a"b\\c' })).toBe(1);
  expect(valueOf(resultOf(stdout), "orders_total")).toBe(1);
  expect(await gateway.metrics()).toContain('job="orders"');
});

test("a handler that is not wrapped is told to be", async () => {
  const folder = await project({ "a.mjs": "export const handler = async () => null;" });
  const { exitCode, stdout } = await devLambda(folder, ["a.handler"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    "The gateway holds nothing: the handler is not wrapped with instrument()",
  );
});

test("a function that returns check() tells what it reaches", async () => {
  const folder = await project({
    "network.ts": `import { check } from "prefreeze"; export const handler = async () => await check();`,
  });
  const { invocations } = await runHandler({ handler: `${folder}/network.handler` });
  expect(invocations[0]).toMatchObject({
    ok: true,
    result: { ok: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) as string },
  });
});

test.each([{ repeat: 0 }, { concurrency: 51 }, { timeoutMs: Number.NaN }])(
  "%j is refused",
  async (wrong) => {
    await expect(runHandler({ handler: "a.handler", ...wrong })).rejects.toThrow(
      /^(repeat is 0: give a number from 1 to 10000|concurrency is 51: give a number from 1 to 50|timeoutMs is NaN: give a number from 10 to 900000)$/,
    );
  },
);

describe("what is wrong is one line:", () => {
  const files = {
    "orders.ts": ORDERS,
    "wrong.ts": 'import "./nowhere.js";\nexport const handler = async () => 1;',
    "broken.ts": "export const handler = async ( => 1;",
    "bad.json": "{",
    "event.json": "{}",
  };
  test.each([
    [
      ["nowhere.handler"],
      2,
      "there is no file for nowhere.handler: give FILE.HANDLER, as in src/orders.handler for the export handler of src/orders.ts",
    ],
    [["orders.ts"], 2, "orders.ts names no handler: give FILE.HANDLER, as in orders.handler"],
    [["orders.hander"], 2, "orders.ts has no export hander: it exports handler"],
    [["orders.__proto__"], 2, "orders.ts has no export __proto__: it exports handler"],
    [["orders.handler", "nowhere.json"], 2, "the event: nowhere.json does not exist"],
    [["orders.handler", "bad.json"], 2, /^bad\.json is not JSON: /],
    [
      ["orders.handler", "event.json", "--each"],
      2,
      "event.json is no array of events: leave --each out if it is one event",
    ],
    [["orders.handler", "--env", "nowhere.env"], 2, "--env: nowhere.env does not exist"],
    [["orders.handler", "--repeat", "0"], 2, /Give a whole number from 1 to 10000/],
    [
      ["wrong.handler"],
      1,
      'wrong.ts cannot be bundled: wrong.ts:1:8: Could not resolve "./nowhere.js"',
    ],
    [["broken.handler"], 1, /^broken\.ts cannot be bundled: broken\.ts:1:\d+: /],
    [[], 2, /missing required argument 'FILE\.HANDLER'\. See: prefreeze dev lambda --help$/],
  ] as const)("%j", async (words, exitCode, reason) => {
    const ended = await devLambda(await project(files), words);
    expect(ended).toMatchObject({ exitCode, stdout: "" });
    expect(ended.stderr).toMatch(/^prefreeze: [^\n]*\n$/);
    const line = ended.stderr.slice("prefreeze: ".length, -1);
    if (typeof reason === "string") expect(line).toBe(reason);
    else expect(line).toMatch(reason);
  });

  test("an error while the module loads, of the runtime client's own", async () => {
    const folder = await project({ "a.cjs": 'throw new RangeError("while loading");' });
    const { exitCode, stdout } = await devLambda(folder, ["a.handler", "--json"]);
    expect(exitCode).toBe(3);
    expect(resultOf(stdout).invocations).toMatchObject([
      { ok: false, error: { errorType: "RangeError", errorMessage: "while loading" } },
    ]);
  });

  test("a handler of CommonJS that does not exist", async () => {
    const folder = await project({ "a.cjs": "exports.other = async () => 1;" });
    const { exitCode, stdout } = await devLambda(folder, ["a.handler"]);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(
      /^#1 {4}FAIL .*Runtime\.HandlerNotFound: index\.handler is undefined or not exported\n/,
    );
  });
});

test("Ctrl-C ends all processes, and leaves no folder", async () => {
  const folder = await project({ "orders.ts": ORDERS, "event.json": '{"plan":"a","hang":true}' });
  const temporary = await temporaryFolder();
  const child = spawn(
    process.execPath,
    [program, "dev", "lambda", "orders.handler", "event.json", "--timeout", "5m"],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"], env: { TMPDIR: temporary } },
  );
  const exited = once(child, "exit");
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
  await vi.waitFor(() => expect(printed).toContain("an order of the plan a"), { timeout: 15_000 });
  expect(readdirSync(temporary)).toHaveLength(2);
  child.kill("SIGINT");
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal).toBe("SIGINT");
  expect(readdirSync(temporary)).toEqual([]);
});
