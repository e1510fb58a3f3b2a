import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { deploy } from "./deploy.js";
import type { FaultEvent } from "./fixtures/fault.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;

const MODES = [
  ["flushes before returning", "fault.ts"],
  ["flushes after the response", "fault-registered.ts"],
] as const;

describe.each(MODES)("an environment that %s", { timeout: 60_000 }, (_, entry) => {
  // The start of the next process is part of it.
  const deployed = (timeoutMs = 3_000) =>
    deploy(entry, { format: "esm", timeoutMs, env: { PUSHGATEWAY_URL: gateway.url } });

  /** One good invocation, one with the fault, and one more that brings what is left. */
  async function around(fault: FaultEvent, timeoutMs?: number) {
    const { invoke, lambda } = await deployed(timeoutMs);
    const first = await invoke();
    await lambda.settled();
    const faulty = await invoke(fault);
    await lambda.settled();
    const last = await invoke();
    await lambda.settled();
    expect([first.result, last.result]).toEqual([
      { ok: true, pid: expect.any(Number) },
      { ok: true, pid: expect.any(Number) },
    ]);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("ended_total")).toBe(2);
    expect(await shown("faas_coldstarts_total")).toBe(lambda.coldStarts());
    return { faulty, lambda };
  }

  const instances = async () =>
    new Set((await gateway.metrics()).match(/(?<=faas_coldstarts_total\{.*instance=")[^"]+/g));

  test.each([
    ["process.exit()", "exit"],
    ["an error that nobody catches", "uncaught"],
  ] as const)(
    "the process exits, by %s: counts a crash, with what the invocation recorded",
    async (_what, fault) => {
      const { faulty } = await around({ fault });
      expect(faulty.errorType).toBeDefined();
      expect(await shown("faas_errors_total", { error_type: "crash" })).toBe(1);
      expect(await shown("faas_errors_total")).toBe(1);
      expect(await shown("begun_total")).toBe(3);
      expect(await shown("step_size_count")).toBe(3);
      expect(await shown("step_size_sum")).toBe(6);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(3);
      // The same life goes on.
      expect((await instances()).size).toBe(1);
    },
  );

  test("the process is killed: counts the invocation as failed, and loses what that one recorded", async () => {
    const { lambda } = await around({ fault: "kill" });
    expect(lambda.coldStarts()).toBe(2);
    expect(await shown("faas_errors_total", { error_type: "killed" })).toBe(1);
    expect(await shown("faas_errors_total")).toBe(1);
    expect(await shown("begun_total")).toBe(2);
    expect(await shown("faas_invoke_duration_seconds_count")).toBe(2);
    expect((await instances()).size).toBe(1);
  });

  test("the handler runs into its timeout: counts it once, at once, with what it recorded", async () => {
    const { invoke, lambda } = await deployed();
    await invoke();
    const { errorMessage } = await invoke({ fault: "hang" });
    expect(errorMessage).toContain("timed out");
    // No other start is needed.
    expect(await shown("faas_timeouts_total")).toBe(1);
    expect(await shown("begun_total")).toBe(2);
    await lambda.settled();
    await invoke();
    await lambda.settled();
    expect(await shown("faas_timeouts_total")).toBe(1);
    expect(await shown("faas_errors_total")).toBe(0);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("begun_total")).toBe(3);
    expect((await instances()).size).toBe(1);
  });

  test("a busy loop runs into the timeout: counts it as killed", async () => {
    await around({ fault: "spin" });
    expect(await shown("faas_errors_total", { error_type: "killed" })).toBe(1);
    expect(await shown("faas_timeouts_total")).toBe(0);
    expect(await shown("begun_total")).toBe(2);
  });

  test("the handler ends just before its deadline: counts it as timed out, and changes nothing of it", async () => {
    const { invoke, lambda } = await deployed(2_000);
    await invoke();
    const { result } = await invoke({ fault: "late", runMs: 1_880 });
    expect(result).toMatchObject({ ok: true });
    await lambda.settled();
    expect(await shown("faas_timeouts_total")).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(1);
    await invoke();
    await lambda.settled();
    // What it did after that counts as well.
    expect(await shown("ended_total")).toBe(3);
    expect(lambda.coldStarts()).toBe(1);
  });

  test("keeps its journal to itself, and leaves no other file", async () => {
    const { invoke, lambda } = await deployed();
    await invoke();
    const tmpFolder = lambda.environments()[0]!.tmpFolder;
    expect(await readdir(tmpFolder)).toEqual(["prefreeze-1-0"]);
  });
});

test("a promise that never settles is over when the runtime of nodejs22.x takes it for that", async () => {
  const env = { PUSHGATEWAY_URL: gateway.url };
  const { invoke, lambda } = await deploy("fault.ts", {
    format: "cjs",
    runtimeClient: "ric-3",
    env,
  });
  await invoke();
  expect((await invoke({ fault: "never" })).result).toBeNull();
  await lambda.settled();
  await invoke();
  await lambda.settled();
  expect(await shown("faas_invocations_total")).toBe(3);
  expect(await shown("begun_total")).toBe(3);
  expect(lambda.coldStarts()).toBe(1);
}, 30_000);
