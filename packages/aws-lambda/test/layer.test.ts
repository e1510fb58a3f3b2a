import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { startRealGateway, type RealGateway } from "../../../test/pushgateway/real.js";
import { buildLayer, type Code, deployBare, deployLayered, type Layer } from "./layer.js";

let gateway: RealGateway;
let layer: Layer;

beforeAll(async () => {
  [gateway, layer] = await Promise.all([startRealGateway(), buildLayer()]);
}, 60_000);
afterAll(() => Promise.all([gateway?.stop(), layer?.remove()]));
beforeEach(() => gateway.wipe());

async function shown(
  name: string,
  labels: Record<string, string> = {},
): Promise<number | undefined> {
  return sample(parseText(await gateway.metrics()), name, labels);
}

const env = (more: Record<string, string> = {}) => ({
  env: { PUSHGATEWAY_URL: gateway.url, ...more },
});

const commonJs = "exports.handler = async (event) => ({ of: 'CommonJS', event });";
const module = "export const handler = async (event) => ({ of: 'module', event });";
const nested = "exports.api = { v1: { handler: async (event) => ({ of: 'CommonJS', event }) } };";
const typeModule = '{ "type": "module" }';

describe("a function that knows nothing of the layer", { timeout: 30_000 }, () => {
  test.each<[string, string, Code, string]>([
    ["a CommonJS file", "index.handler", { "index.js": commonJs }, "CommonJS"],
    ["an ES module", "index.handler", { "index.mjs": module }, "module"],
    ["a .cjs file", "index.handler", { "index.cjs": commonJs }, "CommonJS"],
    [
      "a .js file in a package of ES modules",
      "index.handler",
      { "index.js": module, "package.json": typeModule },
      "module",
    ],
    [
      "a .js file in a folder of ES modules",
      "src/index.handler",
      { "src/index.js": module, "src/package.json": typeModule, "package.json": "{}" },
      "module",
    ],
    [
      "a CommonJS folder in a package of ES modules",
      "src/index.handler",
      { "src/index.js": commonJs, "src/package.json": "{}", "package.json": typeModule },
      "CommonJS",
    ],
    [
      "a .cjs file in a package of ES modules",
      "index.handler",
      { "index.cjs": commonJs, "package.json": typeModule },
      "CommonJS",
    ],
    ["a file without an extension", "index.handler", { index: commonJs }, "CommonJS"],
    ["a nested name in a folder", "src/app.api.v1.handler", { "src/app.js": nested }, "CommonJS"],
    [
      "a package",
      "shop.handler",
      { "node_modules/shop/index.js": commonJs, "node_modules/shop/package.json": "{}" },
      "CommonJS",
    ],
  ])("as %s is run and counted", async (_, handler, code, of) => {
    const { invoke } = await deployLayered(layer, code, handler, env());
    expect((await invoke({ a: 1 })).result).toEqual({ of, event: { a: 1 } });
    expect((await invoke({ a: 2 })).result).toEqual({ of, event: { a: 2 } });
    await expect.poll(() => shown("faas_invocations_total", { job: "shop" })).toBe(2);
    expect(await shown("faas_coldstarts_total")).toBe(1);
  });

  test("that streams, streams on and is counted", async () => {
    const code = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.write('{"streamed":');
      stream.end('true}');
    });`;
    const { invoke } = await deployLayered(layer, { "index.js": code }, "index.handler", env());
    expect((await invoke()).result).toEqual({ streamed: true });
    await expect.poll(() => shown("faas_invocations_total")).toBe(1);
  });

  test("that throws fails with its own error, and is counted by its class", async () => {
    const code = `class CardDeclined extends Error { name = "CardDeclined"; }
      exports.handler = async () => { throw new CardDeclined("no money"); };`;
    const { invoke } = await deployLayered(layer, { "index.js": code }, "index.handler", env());
    expect(await invoke()).toMatchObject({ errorType: "CardDeclined", errorMessage: "no money" });
    await expect
      .poll(() => shown("faas_errors_total", { error_type: "CardDeclined" }))
      .toBeGreaterThanOrEqual(1);
  });

  test("finds the environment, the arguments and the this of a function without it", async () => {
    const code = `const { _HANDLER } = process.env;
      exports.api = {
        handler(event, context) {
          return Promise.resolve({ _HANDLER, isApi: this === exports.api, id: typeof context.awsRequestId });
        },
      };`;
    const options = [{ "index.js": code }, "index.api.handler"] as const;
    const bare = await (await deployBare(...options)).invoke();
    expect((await (await deployLayered(layer, ...options, env())).invoke()).result).toEqual(
      bare.result,
    );
    expect(bare.result).toEqual({ _HANDLER: "index.api.handler", isApi: false, id: "string" });
  });
});

describe("a function that uses prefreeze itself", { timeout: 30_000 }, () => {
  const counter = `counter({ name: "orders_total", help: "Orders accepted." })`;

  test.each<[string, Code]>([
    [
      "for metrics of its own, as CommonJS",
      {
        "index.js": `const { counter } = require("@prefreeze/core");
          const orders = ${counter};
          exports.handler = async () => orders.inc();`,
      },
    ],
    [
      "for metrics of its own, as an ES module",
      {
        "index.mjs": `import { counter } from "@prefreeze/core";
          const orders = ${counter};
          export const handler = async () => orders.inc();`,
      },
    ],
    [
      "around its handler already",
      {
        "index.mjs": `import { counter, instrument } from "@prefreeze/aws-lambda";
          const orders = ${counter};
          export const handler = instrument(async () => orders.inc());`,
      },
    ],
  ])("%s has all in one group, and counts once", async (_, code) => {
    const { invoke } = await deployLayered(layer, code, "index.handler", env());
    await invoke();
    await invoke();
    await expect.poll(() => shown("faas_invocations_total")).toBe(2);
    expect(await shown("orders_total")).toBe(2);
    expect(new Set((await gateway.metrics()).match(/instance="[^"]+"/g)).size).toBe(1);
  });
});

describe("where the layer itself fails", { timeout: 30_000 }, () => {
  const layersOwn = () => join(layer.opt, "prefreeze/handler.handler");

  test("the function runs, and one warning tells why it has no metrics", async () => {
    const code = `Object.defineProperty(globalThis, "crypto", { value: undefined });\n${commonJs}`;
    const { invoke, lambda } = await deployLayered(
      layer,
      { "index.js": code },
      "index.handler",
      env(),
    );
    expect((await invoke({ a: 1 })).result).toEqual({ of: "CommonJS", event: { a: 1 } });
    await invoke();
    const warnings = lambda
      .logs()
      .split("\n")
      .filter((line) => line.includes("prefreeze:"));
    expect(warnings).toEqual([expect.stringContaining("the function runs, without metrics")]);
  });

  test.each<[string, () => Record<string, string>]>([
    ["is missing", () => ({})],
    ["is empty", () => ({ PREFREEZE_HANDLER: "" })],
    ["names the layer's own handler", () => ({ PREFREEZE_HANDLER: layersOwn() })],
  ])("because PREFREEZE_HANDLER %s, the error says what to set", async (_, variables) => {
    const { invoke } = await deployBare({ "index.js": commonJs }, layersOwn(), env(variables()));
    expect(await invoke()).toMatchObject({
      errorType: "Runtime.MalformedHandlerName",
      errorMessage: expect.stringContaining("set PREFREEZE_HANDLER to the function's own handler"),
    });
  });
});
