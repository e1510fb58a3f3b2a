import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startWorker, type Worker, type WorkerOptions } from "../../../test/workers/worker.js";

const gateway = useGateway();
const { shown, eventually } = gateway;

async function run(options: WorkerOptions = {}): Promise<Worker> {
  const worker = await startWorker({
    entry: fileURLToPath(new URL("fixtures/workflow.ts", import.meta.url)),
    nodejsCompat: true,
    workflows: { BILLING: "Billing" },
    ...options,
    bindings: { PUSHGATEWAY_URL: gateway.url },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= worker.stop());
  onTestFinished(stop);
  return { ...worker, stop };
}

const status = async (worker: Worker, path: string) =>
  (await (await worker.fetch(path)).json()) as { status: string; output: unknown };

const reaches = (worker: Worker, id: string, wanted: string) =>
  expect
    .poll(async () => (await status(worker, `/status/${id}`)).status, { timeout: 10_000 })
    .toBe(wanted);

async function recordings(): Promise<Record<string, number | undefined>> {
  const of: Record<string, number | undefined> = {};
  for (const plan of ["outside before", "step", "attempt", "a", "b", "outside after"])
    of[plan] = await shown("orders_total", { plan });
  return of;
}

/** Of one instance, from its start to its end. */
const once = { "outside before": 1, step: 2, attempt: 2, a: 2, b: 2, "outside after": 1 };

describe.each([true, "nodejs_als", false] as const)(
  "with nodejsCompat %s, a Workflow",
  { timeout: 60_000 },
  (nodejsCompat) => {
    test("is one invocation, with what it recorded inside and outside of steps", async () => {
      const worker = await run({ nodejsCompat });
      await worker.fetch("/create/one");
      await reaches(worker, "one", "complete");
      expect((await status(worker, "/status/one")).output).toEqual([true, 1, "one"]);
      await eventually("faas_invocations_total", { faas_trigger: "other" }).toBe(1);
      expect(await recordings()).toEqual(once);
      expect(await shown("faas_errors_total")).toBe(0);
    });

    test("that throws has failed once", async () => {
      const worker = await run({ nodejsCompat });
      await worker.fetch("/create/one?throws=1");
      await reaches(worker, "one", "errored");
      expect(await status(worker, "/status/one")).toMatchObject({
        error: { name: "RangeError", message: "not billed" },
      });
      await eventually("faas_errors_total", { error_type: "RangeError" }).toBe(1);
      expect(await shown("faas_invocations_total")).toBe(0);
      expect(await recordings()).toEqual(once);
    });

    test("pushes what its steps record while it waits", async () => {
      const worker = await run({ nodejsCompat });
      await worker.fetch("/create/one?waits=1");
      await eventually("orders_total", { plan: "attempt" }).toBe(2);
      expect(await shown("orders_total", { plan: "step" })).toBe(2);
      expect(await shown("orders_total", { plan: "outside before" })).toBe(undefined);
      expect(await shown("faas_invocations_total")).toBe(undefined);
      await worker.fetch("/approve/one");
      await eventually("faas_invocations_total").toBe(1);
      expect(await recordings()).toEqual(once);
    });

    test("that is paused and replayed counts once", async () => {
      const worker = await run({ nodejsCompat });
      await worker.fetch("/create/one?waits=1");
      await eventually("orders_total", { plan: "attempt" }).toBe(2);
      await worker.fetch("/pause/one");
      await reaches(worker, "one", "paused");
      await worker.fetch("/resume/one");
      await worker.fetch("/approve/one");
      await reaches(worker, "one", "complete");
      await eventually("faas_invocations_total").toBe(1);
      expect(await shown("faas_errors_total")).toBe(0);
      expect(await recordings()).toEqual(once);
    });
  },
);

describe("a Workflow", { timeout: 60_000 }, () => {
  test("that is replayed in another isolate counts once", async () => {
    const storage = await mkdtemp(join(tmpdir(), "prefreeze-workflow-"));
    onTestFinished(() => rm(storage, { recursive: true, force: true }));
    const first = await run({ storage });
    await first.fetch("/create/one?waits=1");
    await eventually("orders_total", { plan: "attempt" }).toBe(2);
    await first.stop();
    const second = await run({ storage });
    await second.fetch("/approve/one");
    await reaches(second, "one", "complete");
    await eventually("faas_invocations_total").toBe(1);
    expect(await recordings()).toEqual(once);
  });

  test("that is restarted runs anew, and its first run counts nothing", async () => {
    const worker = await run();
    await worker.fetch("/create/one?waits=1");
    await eventually("orders_total", { plan: "attempt" }).toBe(2);
    await worker.fetch("/restart/one");
    await eventually("orders_total", { plan: "attempt" }).toBe(4);
    await worker.fetch("/approve/one");
    await reaches(worker, "one", "complete");
    await eventually("faas_invocations_total").toBe(1);
    expect(await recordings()).toEqual({ ...once, step: 4, attempt: 4 });
  });
});
