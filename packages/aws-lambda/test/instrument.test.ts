import { describe, expect, test } from "vitest";
import { hangingGateway } from "../../../test/pushgateway/broken-gateways.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { deploy, deployUnbundled } from "./deploy.js";
import { authorizerEvents, httpEvents } from "./events/http.js";
import { otherEvents } from "./events/others.js";

const gateway = useGateway();
const { shown, instances } = gateway;
const env = (more: Record<string, string> = {}) => ({
  env: { PUSHGATEWAY_URL: gateway.url, ...more },
});
const warnings = (logs: string) => logs.split("\n").filter((line) => line.includes("prefreeze:"));

describe("an async handler", { timeout: 30_000 }, () => {
  test.each([
    { format: "cjs", minify: true },
    { format: "cjs", minify: false },
    { format: "esm", minify: true },
  ] as const)(
    "bundled as $format, minified $minify, is counted at the gateway before its client gets the answer",
    async (how) => {
      const { invoke } = await deploy("shop.ts", { ...how, ...env() });
      for (let count = 1; count <= 3; count++) {
        expect((await invoke({ plan: "pro" })).result).toEqual({ ok: true });
        expect(await shown("orders_total", { plan: "pro", job: "shop" })).toBe(count);
        expect(await shown("faas_invocations_total", { faas_trigger: "other" })).toBe(count);
      }
      expect(await shown("charge_duration_seconds_count")).toBe(3);
      expect(await shown("backlog_messages")).toBe(3);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(3);
      expect(await shown("faas_errors_total")).toBe(0);
      expect(await shown("faas_timeouts_total")).toBe(0);
    },
  );

  test.each(["unbundled.handler", "unbundled-module.handler"])(
    "exported as %s and not bundled is counted, too",
    async (handler) => {
      const { invoke } = await deployUnbundled(handler, env());
      expect((await invoke({ a: 1 })).result).toEqual({ ok: true, event: { a: 1 } });
      expect(await shown("orders_total")).toBe(1);
      expect(await shown("faas_invocations_total")).toBe(1);
    },
  );

  test("answers its caller with the error that it throws", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const answer = await invoke({ plan: "pro", throws: "no money for card 4111-11-1111" });
    expect(answer).toMatchObject({
      errorType: "CardDeclined",
      errorMessage: "no money for card 4111-11-1111",
    });
    expect(await shown("faas_errors_total", { error_type: "CardDeclined" })).toBe(1);
  });

  test("knows its invocation by AWS's request id", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const first = await invoke({ plan: "pro", tells: "invocation" });
    expect(first.result).toEqual({ isCurrent: true, trigger: "other", coldStart: true, orders: 1 });
    const second = await invoke({ plan: "pro", tells: "invocation" });
    expect(second.result).toEqual({
      isCurrent: true,
      trigger: "other",
      coldStart: false,
      orders: 1,
    });
  });

  test("records once how long its environment took to start, even if its first invocations fail", async () => {
    const { invoke } = await deploy("shop.ts", env());
    await invoke({ throws: "no" });
    await invoke({ throws: "no" });
    await invoke();
    expect(await shown("faas_init_duration_seconds_count")).toBe(1);
    expect(await shown("faas_init_duration_seconds_sum")).toBeGreaterThan(0.01);
  });

  test("pushes under an instance name that starts like the name of its log stream", async () => {
    const { invoke, lambda } = await deploy("shop.ts", env());
    await invoke();
    const [environment] = lambda.environments();
    const stream = environment?.logStreamName.split("]").at(-1)?.slice(0, 8);
    expect((await instances())[0]).toContain(`${stream}-`);
  });

  test("whose process dies halfway loses nothing, and is counted as a crash when its environment starts again", async () => {
    const { invoke, lambda } = await deploy("shop.ts", env());
    await invoke({ plan: "pro" });
    await invoke({ plan: "pro" });
    expect((await invoke({ plan: "pro", exits: true })).errorType).toBe("Runtime.ExitError");
    await invoke({ plan: "pro" });
    expect(lambda.coldStarts()).toBe(2);
    expect(await shown("orders_total")).toBe(4);
    expect(await shown("faas_invocations_total")).toBe(3);
    expect(await shown("faas_errors_total", { error_type: "crash" })).toBe(1);
    expect((await instances()).length).toBe(1);
  });
});

describe("an event", { timeout: 30_000 }, () => {
  test("of an HTTP request has the trigger http, and counts as failed if the status is 500 or above", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const events = Object.entries(httpEvents);
    for (const [source, event] of events) {
      expect((await invoke({ ...event, tells: "invocation" })).result, source).toMatchObject({
        trigger: "http",
      });
      expect((await invoke({ ...event, statusCode: 503 })).result).toEqual({ statusCode: 503 });
      await invoke({ ...event, statusCode: 404 });
    }
    expect(await shown("faas_errors_total", { faas_trigger: "http", error_type: "503" })).toBe(
      events.length,
    );
    expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(2 * events.length);
    expect(await shown("faas_invocations_total", { faas_trigger: "other" })).toBeUndefined();
  });

  test("from any other source has the trigger other, whatever the status of the result", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const events = Object.entries({ ...otherEvents, ...authorizerEvents });
    for (const [source, event] of events) {
      expect((await invoke({ ...event, tells: "invocation" })).result, source).toMatchObject({
        trigger: "other",
      });
      await invoke({ ...event, statusCode: 503 });
    }
    expect(await shown("faas_invocations_total", { faas_trigger: "other" })).toBe(
      2 * events.length,
    );
    expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBeUndefined();
  });

  test("of any shape reaches the handler and is counted", async () => {
    const { invoke, lambda } = await deploy("shop.ts", env());
    const hostile = { requestContext: { http: null }, httpMethod: {} };
    const events = [null, 0, "", "text", [], [[]], true, hostile];
    for (const event of events) {
      expect((await invoke(event)).errorType, JSON.stringify(event)).toBeUndefined();
    }
    expect(await shown("faas_invocations_total")).toBe(events.length);
    expect(warnings(lambda.logs())).toEqual([]);
  });

  test("of an HTTP request may get any result", async () => {
    const { invoke } = await deploy("shop.ts", env());
    const event = httpEvents["an HTTP API"];
    for (const result of ["text", 7, [], { statusCode: "200" }]) {
      expect((await invoke({ ...event, result })).result).toEqual(result);
    }
    expect((await invoke({ ...event, statusCode: null })).result).toEqual({ statusCode: null });
    expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(5);
  });
});

describe("a handler of another shape", { timeout: 30_000 }, () => {
  test("that returns no promise is counted at the gateway before its client gets the answer, too", async () => {
    const { invoke } = await deploy("shapes.ts", { exported: "sync", ...env() });
    expect((await invoke()).result).toEqual({ ok: true });
    expect(await shown("faas_invocations_total")).toBe(1);
    expect((await invoke({ throws: true })).errorType).toBe("RangeError");
    expect(await shown("orders_total", { plan: "sync" })).toBe(2);
    expect(await shown("faas_invocations_total")).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
  });

  test("with a callback answers once, through its callback only", async () => {
    const { invoke } = await deploy("shapes.ts", { exported: "callback", ...env() });
    const answer = { result: { called: true }, calls: 1, returned: "undefined", length: 3 };
    expect((await invoke()).result).toEqual(answer);
    expect((await invoke()).result).toEqual(answer);
    await expect.poll(() => shown("faas_invocations_total")).toBeGreaterThanOrEqual(1);
  });

  test.each(["bare", "wrapped"])(
    "with a callback, %s, is refused by a runtime without callbacks",
    async (how) => {
      const exported = `${how}.callback`;
      const { invoke } = await deploy("kinds.ts", { exported, runtimeClient: "ric-4", ...env() });
      expect((await invoke()).errorType).toBe("Runtime.CallbackHandlerDeprecated");
    },
  );

  test("that returns an object with a then method is awaited like a promise", async () => {
    const { invoke } = await deploy("shapes.ts", { exported: "thenable", ...env() });
    expect((await invoke()).result).toBe("then");
    expect(await shown("faas_invocations_total")).toBe(1);
  });

  test.each([
    { exported: "nested", result: "outer of inner", orders: 2 },
    { exported: "nestedWithoutContext", result: "outer of inner", orders: 1 },
  ])("that is wrapped $exported counts once", async ({ exported, result, orders }) => {
    const { invoke } = await deploy("shapes.ts", { exported, ...env() });
    expect((await invoke()).result).toBe(result);
    await invoke();
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("faas_invoke_duration_seconds_count")).toBe(2);
    expect(await shown("faas_coldstarts_total")).toBe(1);
    expect(await shown("orders_total")).toBe(2 * orders);
  });

  test.each(["streamedInside", "streamedOutside"])(
    "that streams, %s, still streams and is counted",
    async (exported) => {
      const { invoke } = await deploy("shapes.ts", { exported, ...env() });
      expect((await invoke()).result).toEqual({ streamed: "string" });
      await expect.poll(() => shown("faas_invocations_total")).toBe(1);
      expect(await shown("orders_total", { plan: "streamed" })).toBe(1);
    },
  );

  test("has the properties that the runtime reads", async () => {
    const { invoke } = await deploy("shapes.ts", {
      exported: "properties",
      minify: false,
      ...env(),
    });
    expect((await invoke()).result).toMatchObject({
      length: 3,
      streaming: "response",
      highWaterMark: 1024,
    });
  });

  test("that is wrapped by an ES module and a CommonJS copy is counted once and records into one invocation", async () => {
    const { invoke } = await deployUnbundled("two-formats.handler", env());
    const answer = { differentCopies: true, oneInvocation: true, orders: 2 };
    expect((await invoke()).result).toEqual(answer);
    expect((await invoke()).result).toEqual(answer);
    expect(await shown("orders_total")).toBe(4);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect((await instances()).length).toBe(1);
  });
});

describe("a setting", { timeout: 30_000 }, () => {
  test.each([
    ["bad-grouping.ts", '"le"'],
    ["colliding-grouping.ts", '"plan"'],
  ])(
    "that could break the gateway, %s, makes the cold start fail with an error that names %s",
    async (entry, label) => {
      const { invoke } = await deploy(entry, env());
      const answer = await invoke();
      expect(answer.result).toBeUndefined();
      expect(answer.errorMessage).toContain(`prefreeze: grouping label ${label}`);
    },
  );
});

describe("a gateway", { timeout: 30_000 }, () => {
  test("that hangs delays the first answer by the flush timeout and later ones by less and less, and changes no result", async () => {
    const { invoke, lambda } = await deploy("shop.ts", {
      env: { PUSHGATEWAY_URL: await hangingGateway(), PREFREEZE_FLUSH_TIMEOUT_MS: "1000" },
    });
    const first = await invoke({ result: { mine: 1 } });
    expect(first.result).toEqual({ mine: 1 });
    expect(first.durationMs).toBeGreaterThanOrEqual(990);
    const second = await invoke({ result: { mine: 2 } });
    expect(second.result).toEqual({ mine: 2 });
    expect(second.durationMs).toBeGreaterThanOrEqual(240);
    expect(second.durationMs).toBeLessThan(first.durationMs);
    expect((await invoke({ throws: "mine" })).errorMessage).toBe("mine");
    expect(warnings(lambda.logs())).toEqual([
      expect.stringMatching(/no answer within (9\d\d|1000) ms/),
    ]);
  });

  test("that hangs beyond the function's deadline does not make it time out", async () => {
    const { invoke, lambda } = await deploy("shop.ts", {
      timeoutMs: 900,
      // The flush ends 100 ms before the deadline, which a busy machine may miss.
      timeoutGraceMs: 5_000,
      env: { PUSHGATEWAY_URL: await hangingGateway(), PREFREEZE_FLUSH_TIMEOUT_MS: "30000" },
    });
    for (let i = 0; i < 2; i++) {
      expect((await invoke({ result: { mine: 1 } })).result).toEqual({ mine: 1 });
    }
    expect(lambda.coldStarts()).toBe(1);
    expect(lambda.logs()).not.toContain("timed out");
  });
});
