import { describe, expect, test } from "vitest";
import { REFUSING_ADDRESS } from "../loopback/refusing-address.js";
import { hangingGateway } from "../pushgateway/broken-gateways.js";
import { useGateway } from "../pushgateway/use-gateway.js";
import type { AdapterDriver, RunningFunction } from "./adapter-driver.js";
import type { Order, WrappedAs } from "./shop.js";

const ok = { status: 200, body: "ok" };

/**
 * Tests everything that every platform's adapter promises, on its real runtime and with a real
 * gateway. The tests of each package cover what only its platform has.
 */
export function testAdapter(driver: AdapterDriver): void {
  const gateway = useGateway();
  const { shown, eventually, instances } = gateway;

  /** Starts the function; it pushes to the real gateway, unless `env` says otherwise. */
  function start(
    wrappedAs: WrappedAs = "itself",
    env: Readonly<Record<string, string>> = {},
    mostInstances = 1,
  ): Promise<RunningFunction> {
    const variables = { ...driver.env, PUSHGATEWAY_URL: gateway.url, ...env };
    return driver.start(wrappedAs, variables, mostInstances);
  }

  const startWith = (env: Readonly<Record<string, string>>) => start("itself", env);
  const warnings = (running: RunningFunction) =>
    running
      .logs()
      .split("\n")
      .filter((line) => line.includes("prefreeze:"));
  const eventuallyWarned = (running: RunningFunction) => expect.poll(() => warnings(running));
  const succeeded = () => eventually("faas_invocations_total", { faas_trigger: "http" });
  const ended = () => eventually("faas_invoke_duration_seconds_count", { faas_trigger: "http" });

  async function bodyOf(running: RunningFunction, order: Order): Promise<unknown> {
    const answer = await running.call(order);
    expect(answer).toMatchObject({ status: 200 });
    return answer === "failed" ? undefined : answer.body;
  }

  describe("a wrapped function", { timeout: 30_000 }, () => {
    test("answers with its own result, and its exact numbers reach the gateway", async () => {
      const running = await start();
      for (const count of [1, 2, 3]) {
        expect(await running.call({ plan: "pro" })).toEqual(ok);
        await succeeded().toBe(count);
        expect(await shown("orders_total", { plan: "pro", job: driver.job })).toBe(count);
      }
      expect(await shown("charge_duration_seconds_count")).toBe(3);
      expect(await shown("backlog_messages")).toBe(3);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(3);
      expect(await shown("faas_coldstarts_total")).toBe(1);
      expect(await instances()).toHaveLength(1);
      expect(warnings(running)).toEqual([]);
    });

    test.each([
      ["all objects have further properties, which `for … in` sees", "objects"],
      ["other code has our global key, and `console.warn` throws", "globals"],
    ])("starts, answers, and is counted if %s", async (_, SPOILED) => {
      const running = await start("itself", { SPOILED, PREFREEZE_MAX_SERIES: "malformed" });
      for (const count of [1, 2]) {
        expect(await running.call({ plan: "pro" })).toEqual(ok);
        await succeeded().toBe(count);
        expect(await shown("orders_total", { plan: "pro" })).toBe(count);
      }
      expect(await shown("faas_errors_total", { faas_trigger: "http" })).toBe(0);
      expect(running.logs()).not.toContain("everyone's");
    });

    test("runs bare, with one warning, if its options throw when they are read", async () => {
      const running = await start("with options", { SPOILED: "options" });
      for (const _ of [1, 2]) expect(await running.call({ plan: "pro" })).toEqual(ok);
      const warning = expect.stringMatching(/prefreeze: .*: no reading/);
      await eventuallyWarned(running).toEqual([warning]);
      expect(await instances()).toEqual([]);
    });

    test("shows zero failures and zero timeouts from its first invocation on", async () => {
      const running = await start();
      await running.call({});
      await succeeded().toBe(1);
      expect(await shown("faas_errors_total", { faas_trigger: "http" })).toBe(0);
      expect(await shown("faas_timeouts_total", { faas_trigger: "http" })).toBe(0);
    });

    test("fails with its own error, which is counted by its class and never by its message", async () => {
      const running = await start();
      const message = "nothing left for card 4111-11-1111";
      expect(await running.call({ plan: "pro", throws: message })).toBe("failed");
      await eventually("faas_errors_total", { error_type: "OutOfStock" }).toBe(1);
      expect(await shown("faas_invocations_total")).toBe(0);
      expect(await shown("orders_total", { plan: "pro" })).toBe(1);
      await expect.poll(() => running.logs()).toMatch(/OutOfStock[^]*4111-11-1111/);
      expect(await gateway.metrics()).not.toContain("4111-11");
    });

    test("throws the very error, with its properties, to its own code", async () => {
      const running = await start("called by its own code");
      const body = await bodyOf(running, { throws: "nothing left" });
      expect(body).toEqual({ same: true, code: 402 });
      await eventually("faas_errors_total", { error_type: "OutOfStock" }).toBe(1);
    });

    test("has failed with a status of 500 and above, and succeeded with any other", async () => {
      const running = await start();
      for (const status of [200, 301, 404, 499, 500, 503]) {
        expect(await running.call({ status })).toEqual({ status, body: "ok" });
      }
      await ended().toBe(6);
      expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(4);
      expect(await shown("faas_errors_total", { error_type: "500" })).toBe(1);
      expect(await shown("faas_errors_total", { error_type: "503" })).toBe(1);
    });

    test("is counted once per invocation, as succeeded or failed or timed out", async () => {
      const running = await start();
      for (const order of [
        {},
        { status: 500 },
        { throws: "no" },
        { status: 404 },
        { throws: "no" },
      ])
        await running.call(order);
      await ended().toBe(5);
      const outcomes = ["faas_invocations_total", "faas_errors_total", "faas_timeouts_total"];
      expect(await Promise.all(outcomes.map((name) => shown(name)))).toEqual([2, 3, 0]);
    });

    test("is cold once, however many of its first invocations fail", async () => {
      const running = await start();
      for (const order of [{ throws: "no" }, { throws: "no" }, {}]) await running.call(order);
      await ended().toBe(3);
      expect(await shown("faas_coldstarts_total")).toBe(1);
    });

    test("knows its invocation", async () => {
      const running = await start();
      for (const coldStart of [true, false]) {
        const body = await bodyOf(running, { plan: "pro", tells: "invocation" });
        expect(body).toEqual({ trigger: "http", coldStart, orders: [["pro", 1]] });
      }
    });

    test("called many times at once sees only its own recordings each time, and all add up", async () => {
      const running = await start("itself", {}, 3);
      const plans = Array.from({ length: 12 }, (_, index) => `plan-${index}`);
      const callAll = () =>
        Promise.all(
          plans.map((plan) => bodyOf(running, { plan, waitsMs: 20, tells: "invocation" })),
        );
      for (const bodies of [await callAll(), await callAll()]) {
        expect(bodies).toMatchObject(plans.map((plan) => ({ orders: [[plan, 1]] })));
      }
      await succeeded().toBe(24);
      for (const plan of plans) expect(await shown("orders_total", { plan })).toBe(2);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(24);
      expect(await shown("faas_coldstarts_total")).toBe(running.instances());
      expect(running.instances() > 1).toBe(driver.runsOneCallAtOnce);
      expect(await instances()).toHaveLength(running.instances());
    });

    test("that records something after its end pushes it with the next push", async () => {
      const running = await start();
      await running.call({ plan: "pro", later: "later" });
      await running.call({ plan: "pro" });
      await eventually("orders_total", { plan: "pro" }).toBe(2);
      // If calls overlap, the push of the second call may be early. Then that of the third one carries it.
      if (!driver.runsOneCallAtOnce) await running.call({ plan: "pro" });
      await eventually("orders_total", { plan: "later" }).toBe(1);
    });

    test("says what it is and where it runs", async () => {
      const running = await start();
      await running.call({});
      await succeeded().toBe(1);
      const labels = { cloud_platform: driver.platform, ...driver.targetInfo };
      expect(await shown("target_info", labels)).toBe(1);
      expect(await instances()).toEqual([expect.stringMatching(driver.instance)]);
    });
  });

  describe("a function wrapped as", { timeout: 30_000 }, () => {
    test("a method keeps its this", async () => {
      const running = await start("a method");
      expect(await running.call({})).toEqual(ok);
      await eventually("orders_total", { plan: "private" }).toBe(1);
    });

    test.each(["three times", "nested"] as const)("%s is counted once", async (wrappedAs) => {
      const running = await start(wrappedAs);
      for (const _ of [1, 2]) expect(await running.call({ plan: "pro" })).toEqual(ok);
      await succeeded().toBe(2);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(2);
      expect(await shown("faas_coldstarts_total")).toBe(1);
      expect(await shown("orders_total")).toBe(2);
    });

    test("one with properties keeps its name, its length and its own properties", async () => {
      const body = await bodyOf(await start("with properties"), {});
      const { bare } = body as { bare: unknown };
      expect(bare).toMatchObject({ name: "priced", timeout: 10 });
      expect(body).toEqual({ bare, wrapped: bare });
    });
  });

  describe("a setting", { timeout: 30_000 }, () => {
    test("is read from the function's variables", async () => {
      const running = await startWith({
        PREFREEZE_JOB: "till",
        PREFREEZE_INSTANCE_PREFIX: "blue",
        PREFREEZE_GROUPING: "stage=prod,team=a/b",
        PREFREEZE_FLUSH_TIMEOUT_MS: "777",
        PREFREEZE_MAX_SERIES: "2",
      });
      for (const plan of ["a", "b"]) await running.call({ plan });
      expect(await bodyOf(running, { plan: "c", tells: "explanation" })).toMatchObject({
        mode: driver.mode,
        platform: driver.platform,
        job: "till",
        flushTimeoutMs: 777,
        maxSeries: 2,
        target: expect.stringContaining(gateway.url),
      });
      await eventually("orders_total", { job: "till", stage: "prod", team: "a/b" }).toBe(3);
      expect(await instances()).toEqual([expect.stringMatching(/^blue-/)]);
      expect(await shown("orders_total", { plan: "_overflow" })).toBeGreaterThan(0);
    });

    test("given as an option overrides the variable", async () => {
      const running = await start("with options", {
        GATEWAY_OF_THE_TEST: gateway.url,
        PUSHGATEWAY_URL: REFUSING_ADDRESS,
        PREFREEZE_JOB: "by-environment",
        PREFREEZE_GROUPING: "stage=by-environment",
      });
      await running.call({ plan: "pro" });
      await eventually("orders_total", { job: "by-option", stage: "by-option" }).toBe(1);
    });

    test.each([
      ["PREFREEZE_FLUSH_TIMEOUT_MS", "soon"],
      ["PREFREEZE_MAX_SERIES", "-1"],
      ["PREFREEZE_GROUPING", "le=1"],
      ["PREFREEZE_DISABLED", "perhaps"],
    ])("%s=%s is named in one warning, and the function runs and pushes", async (name, value) => {
      const running = await startWith({ [name]: value });
      for (const _ of [1, 2]) expect(await running.call({ plan: "pro" })).toEqual(ok);
      await eventually("orders_total").toBe(2);
      await eventuallyWarned(running).toEqual([expect.stringContaining(name)]);
      expect(await bodyOf(running, { tells: "explanation" })).toMatchObject({
        mode: driver.mode,
        flushTimeoutMs: driver.flushTimeoutMs ?? 1_000,
        maxSeries: 1_000,
      });
    });

    test("PUSHGATEWAY_URL that is missing is reported once; everything is recorded, nothing pushed", async () => {
      const running = await startWith({ PUSHGATEWAY_URL: "" });
      expect(await bodyOf(running, { plan: "pro", tells: "invocation" })).toMatchObject({
        orders: [["pro", 1]],
      });
      expect(await bodyOf(running, { tells: "explanation" })).toMatchObject({
        mode: "recording only",
      });
      await eventuallyWarned(running).toEqual([
        expect.stringContaining("PUSHGATEWAY_URL is not set"),
      ]);
      expect(await instances()).toEqual([]);
    });

    test("PUSHGATEWAY_URL that is no address is reported without printing it, and the function runs", async () => {
      const running = await startWith({ PUSHGATEWAY_URL: "ftp://user:geheim@host" });
      for (const _ of [1, 2]) expect(await running.call({ plan: "pro" })).toEqual(ok);
      await eventuallyWarned(running).toEqual([expect.stringContaining("PUSHGATEWAY_URL")]);
      expect(running.logs()).not.toContain("geheim");
    });

    test("PUSHGATEWAY_URL with a password is never printed with it", async () => {
      const url = REFUSING_ADDRESS.replace("http://", "http://user:geheim@");
      const running = await startWith({ PUSHGATEWAY_URL: url });
      const explained = await bodyOf(running, { tells: "explanation" });
      await eventuallyWarned(running).toEqual([expect.stringContaining(driver.refusal)]);
      expect(JSON.stringify(explained) + running.logs()).not.toContain("geheim");
    });

    test.each(["1", "true"])(
      "PREFREEZE_DISABLED=%s leaves the function as it is",
      async (value) => {
        const running = await startWith({ PREFREEZE_DISABLED: value });
        expect(await running.call({ plan: "pro" })).toEqual(ok);
        expect(await running.call({ throws: "no" })).toBe("failed");
        expect(await bodyOf(running, { tells: "explanation" })).toMatchObject({ mode: "inert" });
        expect(await instances()).toEqual([]);
        expect(warnings(running)).toEqual([]);
      },
    );
  });

  describe("a gateway", { timeout: 30_000 }, () => {
    /** Results and errors are those of the function, whatever the gateway does. */
    async function expectNoChange(running: RunningFunction): Promise<void> {
      for (const status of [200, 404]) {
        expect(await running.call({ status })).toEqual({ status, body: "ok" });
      }
      expect(await running.call({ throws: "mine" })).toBe("failed");
      await expect.poll(() => running.logs()).toMatch(/OutOfStock[^]*mine/);
    }

    /** Calls the function until a second push has failed, which must not be reported again. */
    async function untilFailedTwice(running: RunningFunction): Promise<void> {
      await expect
        .poll(() => bodyOf(running, { tells: "explanation" }))
        .toMatchObject({ failuresInARow: expect.toSatisfy((count: number) => count >= 2) });
    }

    test("that refuses connections changes no result, costs little and is reported once", async () => {
      const running = await startWith({
        PUSHGATEWAY_URL: REFUSING_ADDRESS,
        PREFREEZE_FLUSH_TIMEOUT_MS: "1000",
      });
      await expectNoChange(running);
      const startedMs = performance.now();
      expect(await running.call({})).toEqual(ok);
      expect(performance.now() - startedMs).toBeLessThan(600);
      const warning = expect.stringMatching(new RegExp(`push to .* failed: .*${driver.refusal}`));
      await eventuallyWarned(running).toEqual([warning]);
      await untilFailedTwice(running);
      expect(warnings(running)).toEqual([warning]);
    });

    test("that never answers changes no result, and is reported once", async () => {
      const running = await startWith({
        PUSHGATEWAY_URL: await hangingGateway(),
        PREFREEZE_FLUSH_TIMEOUT_MS: "300",
      });
      await expectNoChange(running);
      // On a busy machine, the next invocation may come before the timer.
      const warning = expect.stringMatching(/no answer (within (2\d\d|300) ms|in time)/);
      await eventuallyWarned(running).toEqual([warning]);
      await untilFailedTwice(running);
      expect(warnings(running)).toEqual([warning]);
    });

    test("that refuses a push is reported once, with its status and its words", async () => {
      const running = await startWith({ PUSHGATEWAY_URL: `${gateway.url}/nowhere` });
      for (const _ of [1, 2]) expect(await running.call({ plan: "pro" })).toEqual(ok);
      await eventuallyWarned(running).toEqual([
        expect.stringContaining("HTTP 404: 404 page not found"),
      ]);
    });
  });
}
