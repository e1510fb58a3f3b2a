import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startWorker, type Worker } from "../../../test/workers/worker.js";

const lane = fileURLToPath(new URL("./peers", import.meta.url));
const gateway = useGateway();
const { shown, eventually } = gateway;

beforeAll(() => installLane(lane), 120_000);

async function run(entry: string): Promise<Worker> {
  const worker = await startWorker({
    entry: `${lane}/${entry}.mjs`,
    nodejsCompat: true,
    queue: "QUEUE",
    bindings: { PUSHGATEWAY_URL: gateway.url },
  });
  onTestFinished(() => worker.stop());
  return worker;
}

/** A push to a slow gateway brings the next ones to wait for more requests, so these go on until all before arrived. */
async function allArrived(worker: Worker, sent: number): Promise<void> {
  const arrived = async () => {
    await worker.fetch("/none");
    return shown("faas_invoke_duration_seconds_count", { faas_trigger: "http" });
  };
  await expect.poll(arrived, { timeout: 10_000, interval: 100 }).toBeGreaterThanOrEqual(sent);
}

const answer = async (worker: Worker, path: string, init?: RequestInit) => {
  const response = await worker.fetch(path, init);
  return [response.status, await response.text()];
};

describe("an app of Hono that is wrapped first", { timeout: 30_000 }, () => {
  test("serves and counts what is registered afterwards", async () => {
    const worker = await run("hono");
    const response = await worker.fetch("/with/middleware");
    expect([await response.text(), response.headers.get("x-middleware")]).toEqual(["get", "ran"]);
    expect(await answer(worker, "/purge", { method: "PURGE" })).toEqual([200, "purged"]);
    expect(await answer(worker, "/sub/a")).toEqual([200, "a"]);
    expect(await answer(worker, "/v1/b")).toEqual([200, "b"]);
    expect(await answer(worker, "/mounted/x")).toEqual([200, "mounted"]);
    expect(await answer(worker, "/throw")).toEqual([503, "caught broken"]);
    expect(await answer(worker, "/teapot")).toEqual([418, "teapot"]);
    expect(await answer(worker, "/none")).toEqual([404, "nothing here"]);
    await allArrived(worker, 8);
    expect(await shown("faas_errors_total")).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "503" })).toBe(1);
    expect(await shown("greetings_total")).toBe(1);
  });

  test("counts once a request that it makes to itself", async () => {
    const worker = await run("hono");
    expect(await answer(worker, "/itself")).toEqual([200, "a"]);
    await eventually("faas_invocations_total").toBe(1);
    expect(worker.logs()).not.toContain("prefreeze:");
  });

  test("can be a part of another app, and is counted once", async () => {
    const worker = await run("hono-inside");
    expect(await answer(worker, "/outer/a")).toEqual([200, "a"]);
    await eventually("faas_invocations_total").toBe(1);
  });
});

test("a router of itty-router that is wrapped first serves and counts what is registered afterwards", async () => {
  const worker = await run("itty-router");
  expect(await answer(worker, "/hello/alice")).toEqual([200, "hello alice"]);
  expect(await answer(worker, "/none")).toEqual([404, "nothing here"]);
  await allArrived(worker, 2);
}, 30_000);

const bySentry = ["GET /send", "process messages", "Scheduled Cron"].map(
  (name) => `sentry got transaction ${name}`,
);
const byOpenTelemetry = ["fetchHandler GET", "queueHandler messages", "scheduledHandler"].map(
  (name) => `otel traced ${name}`,
);

describe.each([
  ["sentry", bySentry],
  ["sentry-inside", bySentry],
  ["otel-cf-workers", byOpenTelemetry],
])("a Worker in %s", { timeout: 30_000 }, (entry, traced) => {
  test("is traced with its queue and its schedule, and counted", async () => {
    const worker = await run(entry);
    const logged = (text: string) =>
      expect.poll(() => worker.logs(), { timeout: 10_000 }).toContain(text);
    expect(await answer(worker, "/send")).toEqual([200, "fetched"]);
    await logged("queue got 1");
    expect(await worker.scheduled()).toBe("ok");
    await allArrived(worker, 2);
    expect(await shown("faas_invocations_total", { faas_trigger: "timer" })).toBe(1);
    expect(await shown("jobs_total")).toBe(1);
    for (const line of traced) await logged(line);
  });

  test("fails as it did, and the failure is counted once", async () => {
    const worker = await run(entry);
    expect((await worker.fetch("/throw")).status).toBe(500);
    await eventually("faas_errors_total", { error_type: "RangeError" }).toBe(1);
    if (entry.startsWith("sentry"))
      await expect.poll(() => worker.logs()).toContain("sentry got event RangeError");
  });
});
