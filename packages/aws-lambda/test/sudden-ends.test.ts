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
  // The timeout includes the start of the next process.
  const deployFault = (timeoutMs = 3_000, timeoutGraceMs = 0) =>
    deploy(entry, {
      format: "esm",
      timeoutMs,
      timeoutGraceMs,
      env: { PUSHGATEWAY_URL: gateway.url },
    });

  /** Invokes once without the fault, once with it, and once more, which pushes what is left. */
  async function invokeAround(fault: FaultEvent, timeoutMs?: number) {
    const { invoke, lambda } = await deployFault(timeoutMs);
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
    ["an uncaught error", "uncaught"],
  ] as const)(
    "counts a crash, with everything the invocation recorded, if the process exits by %s",
    async (_what, fault) => {
      const { faulty } = await invokeAround({ fault });
      expect(faulty.errorType).toBeDefined();
      expect(await shown("faas_errors_total", { error_type: "crash" })).toBe(1);
      expect(await shown("faas_errors_total")).toBe(1);
      expect(await shown("begun_total")).toBe(3);
      expect(await shown("step_size_count")).toBe(3);
      expect(await shown("step_size_sum")).toBe(6);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(3);
      // The life continues in the next process.
      expect((await instances()).size).toBe(1);
    },
  );

  test("counts an invocation as failed if the process is killed, and loses only what that invocation recorded", async () => {
    const { lambda } = await invokeAround({ fault: "kill" });
    expect(lambda.coldStarts()).toBe(2);
    expect(await shown("faas_errors_total", { error_type: "killed" })).toBe(1);
    expect(await shown("faas_errors_total")).toBe(1);
    expect(await shown("begun_total")).toBe(2);
    expect(await shown("faas_invoke_duration_seconds_count")).toBe(2);
    expect((await instances()).size).toBe(1);
  });

  test("counts a timeout once, immediately, with everything the invocation recorded", async () => {
    const { invoke, lambda } = await deployFault();
    await invoke();
    const { errorMessage } = await invoke({ fault: "hang" });
    expect(errorMessage).toContain("timed out");
    // The next process need not have started.
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

  test("counts an invocation as killed if a busy loop runs into the timeout", async () => {
    await invokeAround({ fault: "spin" });
    expect(await shown("faas_errors_total", { error_type: "killed" })).toBe(1);
    expect(await shown("faas_timeouts_total")).toBe(0);
    expect(await shown("begun_total")).toBe(2);
  });

  test("counts an invocation as timed out if it ends just before the deadline, and leaves its result alone", async () => {
    const { invoke, lambda } = await deployFault(2_000, 5_000);
    await invoke();
    const { result } = await invoke({ fault: "late", runMs: 1_820 });
    expect(result).toMatchObject({ ok: true });
    await lambda.settled();
    expect(await shown("faas_timeouts_total")).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(1);
    await invoke();
    await lambda.settled();
    // What the invocation recorded after it was settled counts as well.
    expect(await shown("ended_total")).toBe(3);
    expect(lambda.coldStarts()).toBe(1);
  });

  test("writes its journal to the temporary directory, and no other file", async () => {
    const { invoke, lambda } = await deployFault();
    await invoke();
    const tmpFolder = lambda.environments()[0]!.tmpFolder;
    expect(await readdir(tmpFolder)).toEqual(["prefreeze-1-0"]);
  });
});

test("an invocation whose promise never settles ends when the nodejs22.x runtime gives the promise up", async () => {
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
