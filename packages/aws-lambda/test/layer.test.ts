import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Code, deployBare, deployLayered, runtimes, useLayer } from "./layer.js";
import {
  decodeFamilies,
  PROTOBUF_TYPE,
  startOf,
} from "../../../test/pushgateway/metric-families.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;
const env = (more: Record<string, string> = {}) => ({
  env: { PUSHGATEWAY_URL: gateway.url, ...more },
});

const layer = useLayer();

const handlerOfLayer = () => join(layer().opt, "prefreeze/handler.handler");
const commonJs = "exports.handler = async (event) => ({ of: 'CommonJS', event });";
const module = "export const handler = async (event) => ({ of: 'module', event });";
const nested = "exports.api = { v1: { handler: async (event) => ({ of: 'CommonJS', event }) } };";
const typeModule = '{ "type": "module" }';

interface Shape {
  readonly shape: string;
  /** Default `index.handler`. */
  readonly handler?: string;
  readonly code: Code;
  readonly of: "CommonJS" | "module";
}

const shapes: readonly Shape[] = [
  { shape: "a CommonJS file", code: { "index.js": commonJs }, of: "CommonJS" },
  { shape: "an ES module", code: { "index.mjs": module }, of: "module" },
  { shape: "a .cjs file", code: { "index.cjs": commonJs }, of: "CommonJS" },
  {
    shape: "a .js file in a package of ES modules",
    code: { "index.js": module, "package.json": typeModule },
    of: "module",
  },
  {
    shape: "a .js file in a folder of ES modules",
    handler: "src/index.handler",
    code: { "src/index.js": module, "src/package.json": typeModule, "package.json": "{}" },
    of: "module",
  },
  {
    shape: "a CommonJS folder in a package of ES modules",
    handler: "src/index.handler",
    code: { "src/index.js": commonJs, "src/package.json": "{}", "package.json": typeModule },
    of: "CommonJS",
  },
  {
    shape: "a .cjs file in a package of ES modules",
    code: { "index.cjs": commonJs, "package.json": typeModule },
    of: "CommonJS",
  },
  { shape: "a file without an extension", code: { index: commonJs }, of: "CommonJS" },
  {
    shape: "a file in a folder, with a nested handler name",
    handler: "src/app.api.v1.handler",
    code: { "src/app.js": nested },
    of: "CommonJS",
  },
  {
    shape: "a package in its node_modules",
    handler: "shop.handler",
    code: { "node_modules/shop/index.js": commonJs },
    of: "CommonJS",
  },
];

describe.each(runtimes)("on $runtime", { timeout: 30_000 }, ({ runtime: _, ...on }) => {
  test.each(shapes)(
    "a function written as $shape runs, and its invocations are counted",
    async ({ handler = "index.handler", code, of }) => {
      const { invoke, lambda } = await deployLayered(layer(), code, handler, { ...on, ...env() });
      expect((await invoke({ a: 1 })).result).toEqual({ of, event: { a: 1 } });
      expect((await invoke({ a: 2 })).result).toEqual({ of, event: { a: 2 } });
      await lambda.settled();
      expect(await shown("faas_invocations_total", { job: "shop" })).toBe(2);
      expect(await shown("faas_coldstarts_total")).toBe(1);
    },
  );

  test("a streaming function still streams, and its invocation is counted", async () => {
    const code = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.write('{"streamed":');
      stream.end('true}');
    });`;
    const { invoke, lambda } = await deployLayered(layer(), { "index.js": code }, "index.handler", {
      ...on,
      ...env(),
    });
    expect((await invoke()).result).toEqual({ streamed: true });
    await lambda.settled();
    expect(await shown("faas_invocations_total")).toBe(1);
  });

  test("PREFREEZE_FORMAT=protobuf pushes start timestamps, and the same values", async () => {
    const beforeMs = Date.now();
    const { invoke, lambda } = await deployLayered(
      layer(),
      { "index.js": commonJs },
      "index.handler",
      { ...on, ...env({ PREFREEZE_FORMAT: "protobuf" }) },
    );
    await invoke();
    await invoke();
    await lambda.settled();
    expect(await shown("faas_invocations_total")).toBe(2);
    const page = await fetch(`${gateway.url}/metrics`, { headers: { accept: PROTOBUF_TYPE } });
    const families = decodeFamilies(new Uint8Array(await page.arrayBuffer()));
    const family = families.find(({ name }) => name === "faas_invocations_total");
    const [startMs = 0] = family!.metric.map(startOf);
    expect(startMs).toBeGreaterThanOrEqual(beforeMs - 1_000);
    expect(startMs).toBeLessThan(Date.now());
    expect(lambda.logs()).not.toContain("prefreeze:");
  });

  test.each([
    ["text", 0],
    ["openmetrics", 1],
  ])("PREFREEZE_FORMAT=%s pushes text, with %d warnings", async (format, warnings) => {
    const { invoke, lambda } = await deployLayered(
      layer(),
      { "index.js": commonJs },
      "index.handler",
      { ...on, ...env({ PREFREEZE_FORMAT: format }) },
    );
    await invoke();
    await invoke();
    await lambda.settled();
    expect(await shown("faas_invocations_total")).toBe(2);
    const warning =
      "PREFREEZE_FORMAT: openmetrics is ignored, since it is neither text nor protobuf";
    expect(lambda.logs().split(warning)).toHaveLength(1 + warnings);
    expect(lambda.logs().split("prefreeze:")).toHaveLength(1 + warnings);
  });

  test("a function that throws fails with its own error, and the error is counted by its class", async () => {
    const code = `class CardDeclined extends Error { name = "CardDeclined"; }
      exports.handler = async () => { throw new CardDeclined("no money"); };`;
    const { invoke, lambda } = await deployLayered(layer(), { "index.js": code }, "index.handler", {
      ...on,
      ...env(),
    });
    expect(await invoke()).toMatchObject({ errorType: "CardDeclined", errorMessage: "no money" });
    await lambda.settled();
    expect(await shown("faas_errors_total", { error_type: "CardDeclined" })).toBe(1);
  });

  test("a function sees the same environment, arguments and this as without the layer", async () => {
    const code = `const { _HANDLER } = process.env;
      exports.api = {
        handler(...args) {
          const isApi = this === exports.api;
          return Promise.resolve({ _HANDLER, isApi, args: args.length, id: typeof args[1].awsRequestId });
        },
      };`;
    const options = [{ "index.js": code }, "index.api.handler"] as const;
    const { result } = await (await deployBare(...options, on)).invoke();
    expect(result).toMatchObject({ _HANDLER: "index.api.handler", isApi: false, id: "string" });
    const layered = await deployLayered(layer(), ...options, { ...on, ...env() });
    expect((await layered.invoke()).result).toEqual(result);
  });

  test("a function whose handler setting names the layer's handler needs no wrapper, only PREFREEZE_HANDLER", async () => {
    const { invoke, lambda } = await deployBare({ "src/app.js": nested }, handlerOfLayer(), {
      ...on,
      ...env({ PREFREEZE_HANDLER: "src/app.api.v1.handler" }),
    });
    expect((await invoke()).result).toEqual({ of: "CommonJS", event: {} });
    await lambda.settled();
    expect(await shown("faas_invocations_total")).toBe(1);
  });

  const counter = `counter({ name: "orders_total", help: "Orders accepted." })`;
  test.each<{ how: string; code: Code }>([
    {
      how: "records metrics of its own and is CommonJS",
      code: {
        "index.js": `const { counter } = require("@prefreeze/core");
          const orders = ${counter};
          exports.handler = async () => orders.inc();`,
      },
    },
    {
      how: "records metrics of its own and is an ES module",
      code: {
        "index.mjs": `import { counter } from "@prefreeze/core";
          const orders = ${counter};
          export const handler = async () => orders.inc();`,
      },
    },
    {
      how: "has instrumented its handler already",
      code: {
        "index.mjs": `import { counter, instrument } from "@prefreeze/aws-lambda";
          const orders = ${counter};
          export const handler = instrument(async () => orders.inc());`,
      },
    },
    {
      how: "has instrumented another handler than the one that runs",
      code: {
        "index.mjs": `import { counter, instrument } from "@prefreeze/aws-lambda";
          const orders = ${counter};
          export const other = instrument(async () => 1, { job: "shop" });
          export const handler = async () => orders.inc();`,
      },
    },
  ])(
    "a function that $how pushes everything in one group, and each invocation is counted once",
    async ({ code }) => {
      const { invoke, lambda } = await deployLayered(layer(), code, "index.handler", {
        ...on,
        ...env(),
      });
      await invoke();
      await invoke();
      await lambda.settled();
      expect(await shown("faas_invocations_total")).toBe(2);
      expect(await shown("orders_total")).toBe(2);
      expect(new Set((await gateway.metrics()).match(/instance="[^"]+"/g)).size).toBe(1);
      expect(lambda.logs()).not.toContain("prefreeze:");
    },
  );

  test("a function that is instrumented already, with options of its own, gets no warning about any other", async () => {
    const code = `import { instrument } from "@prefreeze/aws-lambda";
      export const handler = instrument(async () => "ok", { job: "own", url: [process.env.PUSHGATEWAY_URL] });
      export const another = instrument(async () => "ok", { job: "own", url: [process.env.PUSHGATEWAY_URL] });`;
    const { invoke, lambda } = await deployLayered(
      layer(),
      { "index.mjs": code },
      "index.handler",
      {
        ...on,
        ...env(),
      },
    );
    expect((await invoke()).result).toBe("ok");
    await lambda.settled();
    expect(lambda.logs()).not.toContain("prefreeze:");
    expect(await shown("faas_invocations_total", { job: "own" })).toBe(1);
  });

  test("a function runs even if its instrumentation fails, and one warning says why", async () => {
    // There is no source of random bytes.
    const code = `const fs = require("node:fs");
      const { openSync } = fs;
      fs.openSync = (path, ...flags) => openSync(path === "/dev/urandom" ? "/dev/null/none" : path, ...flags);
      Object.defineProperty(globalThis, "crypto", { value: undefined });
      ${commonJs}`;
    const { invoke, lambda } = await deployLayered(layer(), { "index.js": code }, "index.handler", {
      ...on,
      ...env(),
    });
    expect((await invoke({ a: 1 })).result).toEqual({ of: "CommonJS", event: { a: 1 } });
    await invoke();
    await lambda.stop();
    const lines = lambda.logs().split("\n");
    const [first, ...more] = lines.filter((line) => line.includes("prefreeze:"));
    // The id of an instance takes random values when it is first used.
    expect(first).toContain("recording failed: Cannot read properties of undefined");
    // Of the last push, if there was time for one.
    for (const line of more) expect(line).toMatch(/push to .* failed: Cannot read properties/);
  });

  test.each<{ state: string; variables: () => Record<string, string> }>([
    { state: "is missing", variables: () => ({}) },
    { state: "is empty", variables: () => ({ PREFREEZE_HANDLER: "" }) },
    {
      state: "names the layer's handler",
      variables: () => ({ PREFREEZE_HANDLER: handlerOfLayer() }),
    },
  ])("if PREFREEZE_HANDLER $state, the error says what to set", async ({ variables }) => {
    const { invoke } = await deployBare({ "index.js": commonJs }, handlerOfLayer(), {
      ...on,
      ...env(variables()),
    });
    const { errorType, errorMessage } = await invoke();
    expect(errorType).toBe("Runtime.MalformedHandlerName");
    expect(errorMessage).toContain("set PREFREEZE_HANDLER to the function's own handler");
  });
});

test(
  "a function that is started by the wrapper flushes after the response",
  { timeout: 30_000 },
  async () => {
    const code = `const { explain } = require("@prefreeze/core");
    exports.handler = async () => JSON.parse(explain()).mode;`;
    const { invoke } = await deployLayered(layer(), { "index.js": code }, "index.handler", env());
    expect((await invoke()).result).toBe("flush after the response");
  },
);

test("a handler with a callback on nodejs22.x answers once per invocation, and each is counted", async () => {
  const code = `exports.handler = (event, context, callback) => {
    setTimeout(() => callback(null, { called: "back" }), 20);
  };`;
  const { invoke, lambda } = await deployLayered(layer(), { "index.js": code }, "index.handler", {
    runtimeClient: "ric-3",
    node: 22,
    ...env(),
  });
  expect((await invoke()).result).toEqual({ called: "back" });
  expect((await invoke()).result).toEqual({ called: "back" });
  await lambda.settled();
  expect(await shown("faas_invocations_total")).toBe(2);
});

test("on Managed Instances, every thread loads the function and pushes to a group of its own", async () => {
  const code = `import { threadId } from "node:worker_threads";
    import { setTimeout } from "node:timers/promises";
    export const handler = async () => (await setTimeout(100), [threadId, process.env._HANDLER]);`;
  const { invoke, lambda } = await deployLayered(layer(), { "index.mjs": code }, "index.handler", {
    managedInstances: { maxConcurrency: 4, workerThreads: 2 },
    ...env(),
  });
  const results: [number, string][] = [];
  // The thread that is ready first may answer all calls until the other one is.
  const threadsThatAnswered = async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => invoke()));
    results.push(...answers.map(({ result }) => result as [number, string]));
    return new Set(results.map(([threadId]) => threadId)).size;
  };
  await expect.poll(threadsThatAnswered).toBe(2);
  expect(new Set(results.map(([, handler]) => handler))).toEqual(new Set(["index.handler"]));
  await lambda.shutdownEnvironment(lambda.environments()[0]!.pid);
  expect(await shown("faas_invocations_total")).toBe(results.length);
  expect(new Set((await gateway.metrics()).match(/instance="[^"]+"/g)).size).toBe(2);
});
