import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { invoke, nodeMajorVersion, start, writeFunction } from "./function-under-test.js";
import { bundleHandler } from "../src/index.js";
import { nodeBinary } from "../src/runtime-client/runtimes.js";

describe("a function", () => {
  test("written as CommonJS answers with its handler's result", async () => {
    const lambda = await start({
      "index.js": `exports.handler = async (event) => ({ hello: event.name });`,
    });
    expect(await invoke(lambda, { name: "Ada" })).toMatchObject({
      status: 200,
      functionError: undefined,
      result: { hello: "Ada" },
    });
  });

  test("written as an ES module answers with its handler's result", async () => {
    const lambda = await start(
      { "app.mjs": `export const run = async (event) => ({ hello: event.name });` },
      { handler: "app.run" },
    );
    expect((await invoke(lambda, { name: "Ada" })).result).toEqual({ hello: "Ada" });
  });

  test.each(["cjs", "esm"] as const)("bundled from TypeScript as %s runs", async (format) => {
    const source = await writeFunction({
      "greeting.ts": `export const greeting: string = "hello";`,
      "handler.ts": `
        import { greeting } from "./greeting.js";
        export const handler = async (event: { name: string }) => greeting + " " + event.name;`,
    });
    const bundled = await bundleHandler({
      entry: join(source, "handler.ts"),
      outdir: join(source, "bundle"),
      format,
    });
    const lambda = await start({}, bundled);
    expect((await invoke(lambda, { name: "Ada" })).result).toBe("hello Ada");
  });

  test("sees its invocation in the context", async () => {
    const lambda = await start(
      {
        "index.js": `exports.handler = async (event, context) => ({
          ...context, remainingMs: context.getRemainingTimeInMillis() });`,
      },
      { timeoutMs: 2_000, memorySizeMb: 256 },
    );
    const clientContext = Buffer.from('{"client":{"app":"till"}}').toString("base64");
    const { result } = await invoke(lambda, {}, { ClientContext: clientContext });
    expect(result).toMatchObject({
      functionName: "shop",
      functionVersion: "$LATEST",
      memoryLimitInMB: "256",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:shop",
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      xRayTraceId: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=/),
      clientContext: { client: { app: "till" } },
    });
    expect(result.remainingMs).toBeGreaterThan(1_000);
    expect(result.remainingMs).toBeLessThanOrEqual(2_000);
  });

  test("sees AWS's variables and its own, and none of the emulating process", async () => {
    vi.stubEnv("ONLY_HERE", "1");
    onTestFinished(() => void vi.unstubAllEnvs());
    const lambda = await start(
      { "index.js": `exports.handler = async () => process.env;` },
      { env: { PUSHGATEWAY_URL: "http://127.0.0.1:9091" }, memorySizeMb: 512 },
    );
    const { result } = await invoke(lambda);
    expect(result).toMatchObject({
      PUSHGATEWAY_URL: "http://127.0.0.1:9091",
      _HANDLER: "index.handler",
      AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${nodeMajorVersion}.x`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_LAMBDA_FUNCTION_NAME: "shop",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/shop",
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(
        /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/,
      ),
      AWS_REGION: "eu-central-1",
      TZ: ":UTC",
    });
    expect(result).not.toHaveProperty("ONLY_HERE");
    expect(result).not.toHaveProperty("HOME");
  });

  const requiring = {
    "module.mjs": `export const loaded = "loaded";`,
    "index.js": `exports.handler = async () => {
      try { return require("./module.mjs").loaded; } catch (error) { return error.code; }
    };`,
  };

  test.each([
    [20, "ERR_REQUIRE_ESM"],
    [22, "ERR_REQUIRE_ESM"],
    [24, "loaded"],
  ] as const)(
    "on nodejs%i.x answers the require() of an ES module as on AWS",
    async (version, answer) => {
      const nodePath = await nodeBinary(version);
      const { result } = await invoke(await start(requiring, { nodePath }));
      expect(result).toBe(answer);
    },
  );

  test("can switch require() of ES modules on again through NODE_OPTIONS", async () => {
    const env = { NODE_OPTIONS: "--experimental-require-module" };
    const nodePath = await nodeBinary(22);
    const { result } = await invoke(await start(requiring, { env, nodePath }));
    expect(result).toBe("loaded");
  });
});
