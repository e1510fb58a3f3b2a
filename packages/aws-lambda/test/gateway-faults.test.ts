import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import type { GatewayFault } from "../../../test/truth/faults.js";
import { type FaultyGateway, startFaultyGateway } from "../../../test/truth/faulty-gateway.js";
import {
  type GatewayReceiver,
  startGatewayReceiver,
} from "../../../test/truth/gateway-receiver.js";
import { randomOf } from "../../../test/truth/random.js";
import { deploy, type Deployed } from "./deploy.js";

let receiver: GatewayReceiver;
let gateway: FaultyGateway;
beforeEach(async () => {
  receiver = await startGatewayReceiver();
  gateway = await startFaultyGateway(receiver, randomOf(1));
});
afterEach(async () => {
  await gateway.stop();
  await receiver.stop();
});

const shown = async (name: string, labels: Record<string, string> = {}) =>
  sample(parseText(await receiver.metrics()), name, labels);

const instances = async () =>
  new Set((await receiver.metrics()).match(/(?<=faas_coldstarts_total\{.*instance=")[^"]+/g));

const deployFault = (
  entry: "fault.ts" | "fault-registered.ts",
  foundFiles?: string,
  flushTimeoutMs = 600,
) =>
  deploy(entry, {
    format: "esm",
    timeoutMs: 10_000,
    ...(foundFiles !== undefined && { foundFiles }),
    env: { PUSHGATEWAY_URL: gateway.url, PREFREEZE_FLUSH_TIMEOUT_MS: `${flushTimeoutMs}` },
  });

/**
 * Invokes several times in a row, and waits for the freeze each time.
 *
 * @returns how long each invocation took, in milliseconds
 */
async function invokeTimes({ invoke, lambda }: Deployed, count: number): Promise<number[]> {
  const durationsMs: number[] = [];
  for (let i = 0; i < count; i++) {
    const { result, durationMs } = await invoke();
    expect(result).toMatchObject({ ok: true });
    durationsMs.push(durationMs);
    await lambda.settled();
  }
  return durationsMs;
}

/**
 * Invokes until the gateway shows every invocation: the circuit breaker may be open for a second or two.
 *
 * @param count the invocations so far
 */
async function invokeUntilShown(func: Deployed, count: number): Promise<void> {
  const startedMs = performance.now();
  let invoked = count;
  while ((await shown("faas_invocations_total")) !== invoked) {
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    await invokeTimes(func, 1);
    invoked++;
  }
  expect(await shown("begun_total")).toBe(invoked);
  expect(await shown("faas_invoke_duration_seconds_count")).toBe(invoked);
}

const MODES = [
  ["flushes before returning", "fault.ts"],
  ["flushes after the response", "fault-registered.ts"],
] as const;

describe.each(MODES)("a function that %s", { timeout: 60_000 }, (_mode, entry) => {
  const faults: readonly (readonly [string, GatewayFault])[] = [
    ["the gateway is down", "gateway-down"],
    ["the gateway hangs", "gateway-hangs"],
    ["the gateway answers 5xx or 429", "gateway-5xx"],
    ["a push is cut off", "reset"],
    ["a push that was given up is applied later", "late"],
  ];
  test.each(faults)("answers every call and loses no invocation if %s", async (_, fault) => {
    const func = await deployFault(entry);
    await invokeTimes(func, 2);
    await gateway.set(fault);
    const durationsMs = await invokeTimes(func, 4);
    // Only the first of the four can have waited for the whole timeout.
    expect(durationsMs.toSorted((a, b) => a - b)[2]).toBeLessThan(600);
    await gateway.set(undefined);
    await gateway.settled();
    await invokeUntilShown(func, 6);
    expect((await instances()).size).toBe(1);
  });

  test("pushes all its totals again after the gateway restarts", async () => {
    const func = await deployFault(entry);
    await invokeTimes(func, 2);
    await gateway.set("gateway-restart");
    await invokeTimes(func, 2);
    await invokeUntilShown(func, 4);
    expect((await instances()).size).toBe(1);
  });

  const brokenConnections: readonly (readonly [string, GatewayFault])[] = [
    ["a connection was closed during the freeze", "stale"],
    ["kept connections swallow everything after a freeze", "blackhole"],
  ];
  test.each(brokenConnections)(
    "completes the same push on a new connection if %s",
    async (_, fault) => {
      const func = await deployFault(entry, undefined, 1_500);
      await invokeTimes(func, 2);
      await gateway.set(fault);
      const [durationMs] = await invokeTimes(func, 1);
      expect(durationMs).toBeLessThan(1_500);
      expect(await shown("faas_invocations_total")).toBe(3);
      expect(await shown("prefreeze_flushes_total", { result: "failure" })).toBe(0);
      expect(func.lambda.logs()).not.toContain("push to");
    },
  );
});

describe("an environment", { timeout: 60_000 }, () => {
  test("pushes the data of failed pushes when it is shut down", async () => {
    const func = await deployFault("fault-registered.ts");
    await invokeTimes(func, 2);
    await gateway.set("gateway-down");
    await invokeTimes(func, 5);
    await gateway.set(undefined);
    expect(await shown("faas_invocations_total")).toBe(2);
    const { signal } = await func.lambda.shutdownEnvironment(func.lambda.environments()[0]!.pid);
    expect(await shown("faas_invocations_total")).toBe(7);
    // In time: a kill follows 300 ms later.
    expect(signal).toBe("SIGTERM");
  });

  test("starts a life of its own if it finds the journal of another environment", async () => {
    const found = await mkdtemp(join(tmpdir(), "found-"));
    onTestFinished(() => rm(found, { recursive: true }));
    const first = await deployFault("fault.ts");
    await invokeTimes(first, 2);
    await cp(first.lambda.environments()[0]!.tmpFolder, found, { recursive: true });
    await first.lambda.stop();
    const second = await deployFault("fault.ts", found);
    await invokeTimes(second, 3);
    expect(await shown("faas_invocations_total")).toBe(5);
    expect((await instances()).size).toBe(2);
    expect(second.lambda.logs()).toMatch(/prefreeze: journal .*belongs to another environment/);
    expect(second.lambda.logs().match(/prefreeze: journal/g)).toHaveLength(1);
  });

  test("ignores a damaged journal, with one warning", async () => {
    const found = await mkdtemp(join(tmpdir(), "found-"));
    onTestFinished(() => rm(found, { recursive: true }));
    await writeFile(join(found, "prefreeze-1-0"), "not a journal");
    const func = await deployFault("fault.ts", found);
    await invokeTimes(func, 2);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(func.lambda.logs().match(/prefreeze: journal/g)).toHaveLength(1);
  });

  test("works without a journal if its file cannot be written, with one warning", async () => {
    const found = await mkdtemp(join(tmpdir(), "found-"));
    onTestFinished(() => rm(found, { recursive: true }));
    // A folder in the place of the journal's file.
    await mkdir(join(found, "prefreeze-1-0"));
    const func = await deployFault("fault.ts", found);
    await invokeTimes(func, 2);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(func.lambda.logs().match(/prefreeze: journal/g)).toHaveLength(1);
    expect(await readdir(func.lambda.environments()[0]!.tmpFolder)).toEqual(["prefreeze-1-0"]);
  });
});
