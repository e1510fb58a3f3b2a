import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import type { GatewayFault } from "../../../test/truth/faults.js";
import { type FaultyGateway, startFaultyGateway } from "../../../test/truth/faulty-gateway.js";
import { randomOf } from "../../../test/truth/random.js";
import { deploy, type Deployed } from "./deploy.js";

let gateway: FaultyGateway;
beforeEach(async () => {
  gateway = await startFaultyGateway(randomOf(1));
});
afterEach(() => gateway.stop());

const shown = async (name: string, labels: Record<string, string> = {}) =>
  sample(parseText(await gateway.metrics()), name, labels);

const instances = async () =>
  new Set((await gateway.metrics()).match(/(?<=faas_coldstarts_total\{.*instance=")[^"]+/g));

const deployed = (
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

/** Invokes so often, one after the other, and waits for the freeze each time; how long each took. */
async function times({ invoke, lambda }: Deployed, count: number): Promise<number[]> {
  const durationsMs: number[] = [];
  for (let i = 0; i < count; i++) {
    const { result, durationMs } = await invoke();
    expect(result).toMatchObject({ ok: true });
    durationsMs.push(durationMs);
    await lambda.settled();
  }
  return durationsMs;
}

/** Invokes until the gateway shows that many: a circuit breaker may pause for a second or two. */
async function untilShown(func: Deployed, count: number): Promise<void> {
  const startedMs = performance.now();
  let sent = count;
  while ((await shown("faas_invocations_total")) !== sent) {
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    await times(func, 1);
    sent++;
  }
  expect(await shown("begun_total")).toBe(sent);
  expect(await shown("faas_invoke_duration_seconds_count")).toBe(sent);
}

describe.each(["fault.ts", "fault-registered.ts"] as const)("%s", { timeout: 60_000 }, (entry) => {
  const during: readonly (readonly [string, GatewayFault])[] = [
    ["the gateway is down", "gateway-down"],
    ["the gateway hangs", "gateway-hangs"],
    ["the gateway answers 5xx or 429", "gateway-5xx"],
    ["a push is cut off", "reset"],
    ["a push that was given up is applied later", "late"],
  ];
  test.each(during)("%s: every answer comes, and in the end every number", async (_, fault) => {
    const func = await deployed(entry);
    await times(func, 2);
    await gateway.set(fault);
    const durationsMs = await times(func, 4);
    // Of the four, only the first can have waited for its whole time.
    expect(durationsMs.toSorted((a, b) => a - b)[2]).toBeLessThan(500);
    await gateway.set(undefined);
    await gateway.settled();
    await untilShown(func, 6);
    expect((await instances()).size).toBe(1);
  });

  test("the gateway restarts: the next push brings everything", async () => {
    const func = await deployed(entry);
    await times(func, 2);
    await gateway.set("gateway-restart");
    await times(func, 2);
    await untilShown(func, 4);
    expect((await instances()).size).toBe(1);
  });

  const frozen: readonly (readonly [string, GatewayFault])[] = [
    ["a connection was closed in the freeze", "stale"],
    ["kept connections swallow everything after a freeze", "blackhole"],
  ];
  test.each(frozen)("%s: the same push lands on a new one", async (_, fault) => {
    const func = await deployed(entry, undefined, 1_500);
    await times(func, 2);
    await gateway.set(fault);
    const [durationMs] = await times(func, 1);
    expect(durationMs).toBeLessThan(1_500);
    expect(await shown("faas_invocations_total")).toBe(3);
    expect(await shown("prefreeze_flushes_total", { result: "failure" })).toBe(0);
    expect(func.lambda.logs()).not.toContain("push to");
  });
});

describe("an environment", { timeout: 60_000 }, () => {
  test("the environment is shut down: what a failed push left over lands before its end", async () => {
    const func = await deployed("fault-registered.ts");
    await times(func, 2);
    await gateway.set("gateway-down");
    await times(func, 5);
    await gateway.set(undefined);
    expect(await shown("faas_invocations_total")).toBe(2);
    const { durationMs, signal } = await func.lambda.shutdownEnvironment(
      func.lambda.environments()[0]!.pid,
    );
    expect(await shown("faas_invocations_total")).toBe(7);
    expect(durationMs).toBeLessThan(300);
    expect(signal).toBe("SIGTERM");
  });

  test("an environment finds the files of another: it has a life of its own", async () => {
    const found = await mkdtemp(join(tmpdir(), "found-"));
    onTestFinished(() => rm(found, { recursive: true }));
    const first = await deployed("fault.ts");
    await times(first, 2);
    await cp(first.lambda.environments()[0]!.tmpFolder, found, { recursive: true });
    await first.lambda.stop();
    const second = await deployed("fault.ts", found);
    await times(second, 3);
    expect(await shown("faas_invocations_total")).toBe(5);
    expect((await instances()).size).toBe(2);
    expect(second.lambda.logs()).toMatch(/prefreeze: journal .*belongs to another environment/);
    expect(second.lambda.logs().match(/prefreeze: journal/g)).toHaveLength(1);
  });

  test("the journal's file is damaged: it is ignored with one warning", async () => {
    const found = await mkdtemp(join(tmpdir(), "found-"));
    onTestFinished(() => rm(found, { recursive: true }));
    await writeFile(join(found, "prefreeze-1-0"), "not a journal");
    const func = await deployed("fault.ts", found);
    await times(func, 2);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(func.lambda.logs().match(/prefreeze: journal/g)).toHaveLength(1);
  });

  test("the folder for temporary files cannot be written: everything goes on without a journal", async () => {
    const found = await mkdtemp(join(tmpdir(), "found-"));
    onTestFinished(() => rm(found, { recursive: true }));
    // Where the file would be.
    await mkdir(join(found, "prefreeze-1-0"));
    const func = await deployed("fault.ts", found);
    await times(func, 2);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(func.lambda.logs().match(/prefreeze: journal/g)).toHaveLength(1);
    expect(await readdir(func.lambda.environments()[0]!.tmpFolder)).toEqual(["prefreeze-1-0"]);
  });
});
