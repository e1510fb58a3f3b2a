import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { extensionModule, polling } from "./extension-handlers.js";
import { invoke, isRunning, start } from "./function-under-test.js";

const files = (handler: string) => ({
  "extension.mjs": extensionModule,
  "polling.mjs": polling,
  "index.mjs": handler,
});

/** Works on for `afterMs` after each response. */
const flushing = files(`
  import { events, setOnEvent } from "./polling.mjs";
  const gates = new Map();
  const gateOf = (requestId) => {
    if (!gates.has(requestId)) gates.set(requestId, withResolvers());
    return gates.get(requestId);
  };
  function withResolvers() {
    const gate = {};
    gate.promise = new Promise((resolve) => (gate.resolve = resolve));
    return gate;
  }
  setOnEvent(async () => {
    const afterMs = await gateOf(events.at(-1).requestId).promise;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    console.log("flushed");
  });
  export const handler = async ({ afterMs }, { awsRequestId }) => {
    setImmediate(() => setImmediate(() => gateOf(awsRequestId).resolve(afterMs)));
    return { pid: process.pid };
  };`);

describe("an internal extension", () => {
  test("learns the function's name and its own identifier when it registers", async () => {
    const lambda = await start(
      files(`
        import { registered } from "./polling.mjs";
        export const handler = async () => registered;`),
    );
    expect((await invoke(lambda)).result).toMatchObject({
      status: 200,
      headers: { "lambda-extension-identifier": expect.stringMatching(/^[0-9a-f-]{36}$/) },
      body: { functionName: "shop", functionVersion: "$LATEST", handler: "index.handler" },
    });
  });

  test("is told of each invocation, with its deadline and its trace", async () => {
    const lambda = await start(
      files(`
        import { events } from "./polling.mjs";
        export const handler = async (event, { awsRequestId, xRayTraceId }) => {
          while (events.length < event.count) await new Promise((resolve) => setTimeout(resolve, 5));
          return { awsRequestId, trace: process.env._X_AMZN_TRACE_ID, last: events.at(-1), now: Date.now() };
        };`),
      { timeoutMs: 5_000 },
    );
    for (const count of [1, 2]) {
      const { result } = await invoke(lambda, { count });
      expect(result.last).toEqual({
        eventType: "INVOKE",
        deadlineMs: expect.any(Number),
        requestId: result.awsRequestId,
        invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:shop",
        tracing: { type: "X-Amzn-Trace-Id", value: result.trace },
      });
      expect(result.last.deadlineMs - result.now).toBeGreaterThan(3_000);
      expect(result.last.deadlineMs - result.now).toBeLessThanOrEqual(5_000);
    }
  });

  test.each([
    [["SHUTDOWN"], "Extension.InvalidEventType"],
    [["INVOKE", "SHUTDOWN"], "Extension.InvalidEventType"],
    [["RESTART"], "Extension.InvalidEventType"],
  ])("that registers for %j is refused", async (events, errorType) => {
    const lambda = await start(
      files(`
        import { register } from "./extension.mjs";
        const answer = await register(${JSON.stringify(events)});
        export const handler = async () => answer;`),
    );
    expect((await invoke(lambda)).result).toMatchObject({ status: 403, body: { errorType } });
  });

  test("that registers after the runtime has asked for its first invocation is refused", async () => {
    const lambda = await start(
      files(`
        import { register } from "./extension.mjs";
        export const handler = () => register(["INVOKE"]);`),
    );
    expect((await invoke(lambda)).result).toMatchObject({
      status: 403,
      body: { errorType: "Extension.RegistrationClosed" },
    });
  });

  test("is refused without a name, under a name that is taken, and with an unknown identifier", async () => {
    const lambda = await start(
      files(`
        import { call, register } from "./extension.mjs";
        import "./polling.mjs";
        const refused = await Promise.all([
          call("POST", "register", {}, '{"events":["INVOKE"]}'),
          register(["INVOKE"]),
          call("POST", "register", { "Lambda-Extension-Name": "other" }, "no JSON"),
          call("GET", "event/next"),
          call("GET", "event/next", { "Lambda-Extension-Identifier": "11111111-1111-1111-1111-111111111111" }),
        ]);
        export const handler = async () => refused.map(({ status, body }) => [status, body.errorType]);`),
    );
    expect((await invoke(lambda)).result).toEqual([
      [403, "Extension.InvalidExtensionName"],
      [403, "Extension.InvalidExtensionState"],
      [403, "InvalidRequestFormat"],
      [403, "Extension.MissingExtensionIdentifier"],
      [403, "Extension.UnknownExtensionIdentifier"],
    ]);
  });
});

describe("with an extension an environment", () => {
  test("answers its caller first, and is frozen when the extension is done", async () => {
    const lambda = await start(flushing);
    await invoke(lambda, { afterMs: 0 });
    await lambda.settled();
    await invoke(lambda, { afterMs: 300 });
    expect(lambda.environments()).toMatchObject([{ frozen: false }]);
    expect(lambda.logs().match(/flushed/g)).toHaveLength(1);
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ frozen: true, invocations: 2 }]);
    expect(lambda.logs().match(/flushed/g)).toHaveLength(2);
  });

  test("takes no invocation while the extension works", async () => {
    const lambda = await start(flushing);
    const { result: first } = await invoke(lambda, { afterMs: 400 });
    const { result: second } = await invoke(lambda, { afterMs: 0 });
    expect(second.pid).not.toBe(first.pid);
    await lambda.settled();
    const { result: third } = await invoke(lambda, { afterMs: 0 });
    expect(third.pid).toBe(first.pid);
    expect(lambda.coldStarts()).toBe(2);
  });

  test("counts the extension's time as the function's", async () => {
    const lambda = await start(flushing);
    const { logTail } = await invoke(lambda, { afterMs: 200 }, { LogType: "Tail" });
    const [, duration] = /\tDuration: ([\d.]+) ms/.exec(logTail) ?? [];
    expect(Number(duration)).toBeGreaterThan(190);
  });

  test("is reset when the extension is not done within the timeout, although the caller has its answer", async () => {
    const lambda = await start(flushing, { timeoutMs: 1_000 });
    const { result: before, functionError } = await invoke(lambda, { afterMs: 60_000 });
    expect(functionError).toBeUndefined();
    await lambda.settled();
    expect(lambda.logs()).toContain("Task timed out after 1.00 seconds");
    expect(isRunning(before.pid)).toBe(false);
    const { result: after } = await invoke(lambda, { afterMs: 0 });
    expect(after.pid).not.toBe(before.pid);
    expect(lambda.environments()).toMatchObject([{ pid: after.pid, invocations: 2 }]);
  });

  test("does not finish its initialization as long as the extension never asks for an event", async () => {
    const lambda = await start(
      files(`
        import { register } from "./extension.mjs";
        await register(["INVOKE"]);
        console.log("loaded");
        export const handler = async () => "never";`),
    );
    let answered = false;
    const answer = invoke(lambda).then(() => (answered = true));
    await vi.waitFor(() => expect(lambda.logs()).toContain("loaded"), 10_000);
    await sleep(300);
    expect(answered).toBe(false);
    expect(lambda.environments()).toMatchObject([{ invocations: 0, frozen: false }]);
    await lambda.stop();
    await answer;
  });

  test("waits for one event/next of an extension that registered for no event", async () => {
    const lambda = await start(
      files(`
        import { next, register } from "./extension.mjs";
        const { status } = await register([]);
        void next();
        export const handler = async () => status;`),
    );
    expect((await invoke(lambda)).result).toBe(200);
    expect((await invoke(lambda)).result).toBe(200);
    await lambda.settled();
    expect(lambda.environments()).toMatchObject([{ frozen: true, invocations: 2 }]);
  });

  test("fails with the extension that reports an error", async () => {
    const lambda = await start(
      files(`
        import { register, report } from "./extension.mjs";
        await register(["INVOKE"]);
        await report("init", "Extension.NoTarget");
        await new Promise((resolve) => setTimeout(resolve, 60_000));`),
    );
    expect(await invoke(lambda)).toMatchObject({
      functionError: "Unhandled",
      result: { errorType: "Extension.InitError", errorMessage: "Extension.NoTarget" },
    });
    expect(lambda.environments()).toMatchObject([{ running: false }]);
  });
});
