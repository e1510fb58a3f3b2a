import { describe, expect, test } from "vitest";
import { extensionModule, polling } from "./extension-handlers.js";
import { invoke, start } from "./function-under-test.js";
import { nodeBinary } from "../src/runtime-client/runtimes.js";

const onNode22 = async () => ({ runtimeClient: "ric-3", nodePath: await nodeBinary(22) }) as const;

describe("on RIC 3", () => {
  test.each([
    ["the callback", `(event, context, callback) => { callback(null, event.name); }`],
    [
      "a later callback",
      `(event, context, callback) => { setTimeout(callback, 20, null, event.name); }`,
    ],
    ["context.succeed", `(event, context) => { context.succeed(event.name); }`],
    ["context.done", `(event, context) => { context.done(null, event.name); }`],
  ])("a handler answers through %s", async (_how, handler) => {
    const files = { "index.js": `exports.handler = ${handler};` };
    const lambda = await start(files, await onNode22());
    for (const name of ["Ada", "Grace"]) {
      expect((await invoke(lambda, { name })).result).toBe(name);
    }
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ invocations: 2, frozen: true }]);
  });

  test("an extension's unreferenced long poll does not keep a callback handler from answering", async () => {
    const lambda = await start(
      {
        "extension.mjs": extensionModule,
        "polling.mjs": polling,
        "index.mjs": `
          import "./polling.mjs";
          export const handler = (event, context, callback) => { callback(null, event.name); };`,
      },
      await onNode22(),
    );
    expect((await invoke(lambda, { name: "Ada" })).result).toBe("Ada");
  });

  test("an error in the module and one in the handler reach the caller", async () => {
    const failing = await start(
      { "index.js": `throw new TypeError("no table name");` },
      await onNode22(),
    );
    expect((await invoke(failing)).result).toMatchObject({ errorType: "TypeError" });
    const lambda = await start(
      { "index.js": `exports.handler = async () => { throw new RangeError("too many"); };` },
      await onNode22(),
    );
    expect((await invoke(lambda)).result).toMatchObject({ errorType: "RangeError" });
  });
});

test("on RIC 4 a callback handler is refused", async () => {
  const lambda = await start({
    "index.js": `exports.handler = (event, context, callback) => callback(null, "never");`,
  });
  expect((await invoke(lambda)).result.errorType).toBe("Runtime.CallbackHandlerDeprecated");
});
