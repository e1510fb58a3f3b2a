import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { nativeWherePossible } from "@prefreeze/lambda-emulator/runtime-clients";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { hangingGateway } from "../../../test/pushgateway/broken-gateways.js";
import { deploy, deployUnbundled } from "./deploy.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;
const preload = fileURLToPath(new URL("../dist/register.mjs", import.meta.url));
const env = (more: Record<string, string> = {}) => ({
  env: { PUSHGATEWAY_URL: gateway.url, ...more },
});
/** The moment before a deadline is tested with a fake clock; here the machine may be busy. */
const timeoutGraceMs = 5_000;
const registered = (exported: string, more = {}) =>
  deploy("odd-ends.ts", { exported, format: "esm", ...env(), ...more });

describe("a registered environment", { timeout: 30_000 }, () => {
  test("is frozen a moment after each response if its handler is not wrapped", async () => {
    const { invoke, lambda } = await registered("bare");
    for (let count = 0; count < 3; count++) expect((await invoke()).result).toBe("bare");
    await lambda.settled();
    expect(lambda.logs()).not.toContain("Task timed out");
    expect(lambda.coldStarts()).toBe(1);
  });

  test.each([
    ["if no gateway is configured", { PUSHGATEWAY_URL: "" }],
    ["if prefreeze is disabled", { PREFREEZE_DISABLED: "1" }],
    ["if its handler is not wrapped", {}],
  ])("is frozen at once after every response but the first, %s", async (_, more) => {
    const exported = Object.keys(more).length === 0 ? "bare" : "raced";
    const { invoke, lambda } = await registered(exported, env(more));
    await invoke();
    await lambda.settled();
    const awakeMs: number[] = [];
    for (let count = 0; count < 5; count++) {
      await invoke();
      const startedMs = performance.now();
      await lambda.settled();
      awakeMs.push(performance.now() - startedMs);
    }
    // If it waited for a handler, each time would be 100 ms at least; a busy machine makes only some so long.
    expect(Math.min(...awakeMs)).toBeLessThan(100);
    expect(lambda.environments()[0]?.frozen).toBe(true);
  });

  test("flushes each observed invocation in time if others are not observed", async () => {
    const { invoke, lambda } = await registered("sometimes");
    for (const observed of [false, true, false, true, true, true]) {
      await invoke({ observed });
      await lambda.settled();
    }
    expect(await shown("faas_invocations_total")).toBe(4);
    expect(lambda.logs()).not.toContain("Task timed out");
  });

  test("pushes after the response, and at shutdown, although nobody can add to the global object", async () => {
    const { invoke, lambda } = await deploy("hardened.ts", {
      format: "esm",
      // Only the first invocation is pushed before the end.
      ...env({ PREFREEZE_MIN_FLUSH_INTERVAL_MS: "60000" }),
    });
    for (let count = 0; count < 3; count++)
      expect((await invoke({ plan: "pro" })).result).toEqual({ ok: true });
    await lambda.settled();
    await lambda.shutdownEnvironment(lambda.environments()[0]!.pid);
    expect(await shown("orders_total")).toBe(3);
    expect(lambda.logs()).not.toContain("prefreeze");
  });

  test("is frozen at the deadline if a wrapped handler never ends, and counts later invocations", async () => {
    const { invoke, lambda } = await registered("raced", { timeoutMs: 1_000, timeoutGraceMs });
    expect((await invoke({ never: true })).result).toBe("raced");
    await lambda.settled();
    expect(lambda.logs()).not.toContain("Task timed out");
    expect((await invoke()).result).toBe("wrapped");
    await lambda.settled();
    expect(lambda.coldStarts()).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(1);
  });

  test("flushes before returning if its wrapped handler begins late", async () => {
    const { invoke } = await registered("late");
    for (const count of [1, 2]) {
      expect((await invoke()).result).toBe("wrapped");
      expect(await shown("orders_total", { plan: "wrapped" })).toBe(count);
    }
  });

  test("responds at once although the gateway hangs, and is frozen when the flush times out, which a failure makes four times as soon", async () => {
    const { invoke, lambda } = await deploy("registered.ts", {
      format: "esm",
      env: { PUSHGATEWAY_URL: await hangingGateway(), PREFREEZE_FLUSH_TIMEOUT_MS: "3200" },
    });
    await invoke({ plan: "pro" });
    await lambda.settled();
    const startedMs = performance.now();
    const { result, durationMs } = await invoke({ plan: "pro" });
    expect(result).toEqual({ ok: true });
    expect(durationMs).toBeLessThan(780);
    await lambda.settled();
    const awakeMs = performance.now() - startedMs;
    expect(awakeMs).toBeGreaterThan(790);
    expect(awakeMs).toBeLessThan(3_100);
    expect(lambda.coldStarts()).toBe(1);
  });

  test("gives up a flush that would outlast the function's deadline", async () => {
    const { invoke, lambda } = await deploy("registered.ts", {
      format: "esm",
      timeoutMs: 1_000,
      timeoutGraceMs,
      env: { PUSHGATEWAY_URL: await hangingGateway(), PREFREEZE_FLUSH_TIMEOUT_MS: "30000" },
    });
    await invoke({ plan: "pro" });
    await lambda.settled();
    expect(lambda.logs()).not.toContain("Task timed out");
    expect(lambda.environments()[0]?.running).toBe(true);
  });

  test("pushes the data of a failed push when it is shut down", async () => {
    let working = false;
    const failing = await forwardingGateway(gateway.url, () => working);
    const { invoke, lambda } = await deploy("registered.ts", {
      format: "esm",
      // The native client has a thread on which `process.exit` would hang.
      nativeClient: await nativeWherePossible("ric-4"),
      env: { PUSHGATEWAY_URL: failing.url, PREFREEZE_FLUSH_TIMEOUT_MS: "200" },
    });
    await invoke({ plan: "pro" });
    await lambda.settled();
    working = true;
    const [environment] = lambda.environments();
    const ended = await lambda.shutdownEnvironment(environment!.pid);
    expect(ended).toMatchObject({ signal: "SIGTERM" });
    expect(await shown("orders_total")).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(1);
  });

  test("shuts down in time although the gateway hangs", async () => {
    const { invoke, lambda } = await deploy("registered.ts", {
      format: "esm",
      env: { PUSHGATEWAY_URL: await hangingGateway(), PREFREEZE_FLUSH_TIMEOUT_MS: "200" },
    });
    await invoke({ plan: "pro" });
    await lambda.settled();
    const ended = await lambda.shutdownEnvironment(lambda.environments()[0]!.pid);
    expect(ended).toMatchObject({ signal: "SIGTERM" });
  });

  test("keeps its child processes inert, although they inherit its variables", async () => {
    const { invoke, lambda } = await registered("parent", {
      files: {
        "child.mjs": `import { child } from "./index.mjs"; process.send(await child());`,
      },
    });
    expect((await invoke()).result).toMatchObject({ mode: "inert" });
    await lambda.settled();
    expect(await shown("orders_total", { plan: "parent" })).toBe(1);
    expect(await shown("orders_total", { plan: "child" })).toBeUndefined();
    expect(await shown("faas_invocations_total")).toBe(1);
  });

  test("sends the answer of a callback while the gateway's name is being resolved", async () => {
    const { invoke, lambda } = await registered("callback", {
      runtimeClient: "ric-3",
      timeoutMs: 10_000,
      env: { PUSHGATEWAY_URL: "http://slow.test:9091", PREFREEZE_FLUSH_TIMEOUT_MS: "300" },
    });
    const { result, durationMs } = await invoke();
    expect(result).toBe("called back");
    expect(durationMs).toBeLessThan(1_000);
    await lambda.settled();
    expect(lambda.logs()).toMatch(/no answer within \d+ ms/);
  });

  test("starts its child processes without the preload but with all other options", async () => {
    const { invoke } = await deploy("node-options.ts", {
      env: { NODE_OPTIONS: `--no-warnings --import=${preload} --stack-trace-limit=20` },
    });
    expect((await invoke()).result).toEqual({
      options: "--no-warnings --stack-trace-limit=20",
      mode: "flush after the response",
    });
  });

  test("flushes before returning if it uses the middleware, and is frozen after an early response too", async () => {
    const { invoke, lambda } = await registered("middleware");
    expect((await invoke()).result).toBe("handled");
    expect(await shown("faas_invocations_total")).toBe(1);
    expect((await invoke({ early: true })).result).toBe("early");
    await lambda.settled();
    expect(lambda.logs()).not.toContain("Task timed out");
    await lambda.shutdownEnvironment(lambda.environments()[0]!.pid);
    expect(await shown("faas_invocations_total")).toBe(2);
  });
});

describe("an environment that is not registered", { timeout: 30_000 }, () => {
  test("flushes before returning, and explains how to register", async () => {
    const { invoke } = await deploy("shop.ts", env());
    expect((await invoke({ plan: "pro", tells: "explanation" })).result).toMatchObject({
      mode: "flush before returning",
      reason:
        "not registered: import @prefreeze/aws-lambda/register first, or preload register.mjs",
    });
    expect(await shown("orders_total")).toBe(1);
  });

  test("flushes before returning if it registered too late, and explains that Lambda refused", async () => {
    const { invoke } = await deployUnbundled("registered-late.handler", env());
    for (const count of [1, 2, 3]) {
      const { result } = await invoke();
      expect(await shown("faas_invocations_total")).toBe(count);
      if (count === 1) continue;
      expect(result).toMatchObject({
        mode: "flush before returning",
        reason: expect.stringContaining("Extension.RegistrationClosed") as string,
      });
    }
  });

  test("does not register a process that is not the runtime", async () => {
    const api = createServer().listen(0, "127.0.0.1");
    await once(api, "listening");
    onTestFinished(() => void api.close());
    let calls = 0;
    api.on("request", () => (calls += 1));
    const { port } = api.address() as AddressInfo;
    const starter = 'console.log(typeof process[Symbol.for("prefreeze/1/extension")])';
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", starter], {
      env: {
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        NODE_OPTIONS: `--import=${preload}`,
      },
    });
    expect(stdout).toBe("undefined\n");
    expect(calls).toBe(0);
  });
});
