import { describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { fixture, runWorker, warnings } from "./run-worker.js";

const gateway = useGateway();
const { shown, eventually } = gateway;
const outcomes = "cloudflare_worker_outcomes_total";

describe("a tail Worker with tailMetrics", { timeout: 30_000 }, () => {
  test("counts what another Worker's invocations ended with, apart from what that counts itself", async () => {
    const worker = await runWorker("shop.ts", { gateway, tail: fixture("tail.ts") });
    for (const path of ["/", "/", "/?status=503", "/throw"]) await worker.fetch(path);
    await worker.scheduled();
    // The runtime does not name the Worker here.
    const http = { script_name: "unknown", faas_trigger: "http" };
    await eventually(outcomes, { ...http, outcome: "ok" }).toBe(3);
    await eventually(outcomes, { ...http, outcome: "exception" }).toBe(1);
    await eventually(outcomes, { faas_trigger: "timer", outcome: "ok" }).toBe(1);
    expect(await shown(outcomes, { faas_trigger: "timer", outcome: "exception" })).toBe(0);
    expect(await shown("cloudflare_worker_cpu_seconds_count", http)).toBe(4);
    expect(await shown("cloudflare_worker_wall_seconds_count", http)).toBe(4);
    await eventually("faas_invocations_total", { faas_trigger: "http" }).toBe(2);
    expect(await shown("faas_errors_total", { faas_trigger: "http" })).toBe(2);
    // Those of the tail Worker itself.
    expect(await shown("faas_invocations_total", { faas_trigger: "other" })).toBeGreaterThan(0);
    expect(warnings(worker)).toEqual([]);
  });

  test("counts the messages of a queue and emails as pubsub", async () => {
    const worker = await runWorker("consumer.ts", { gateway, tail: fixture("tail.ts") });
    await worker.queue(["ack"]);
    await eventually(outcomes, { faas_trigger: "pubsub", outcome: "ok" }).toBe(1);
  });
});

describe("tailMetrics, told what the runtime tells in production", { timeout: 30_000 }, () => {
  const OUTCOMES =
    "ok canceled exception unknown killSwitch daemonDown exceededCpu exceededMemory loadShed responseStreamDisconnected scriptNotFound internalError exceededWallTime aborted".split(
      " ",
    );
  const item = { scriptName: "shop", event: { request: {} }, cpuTime: 7, wallTime: 1_200 };

  async function tell(path: string, items: readonly object[]) {
    const worker = await runWorker("tail.ts", { gateway });
    await worker.fetch(path, { method: "POST", body: JSON.stringify(items) });
    await eventually("faas_invocations_total", { faas_trigger: "other" }).toBe(items.length);
    return worker;
  }

  test("counts each of the 14 outcomes by its name, and any other as _OTHER", async () => {
    const told = [...OUTCOMES, ...OUTCOMES, "newer", "newest"];
    await tell(
      "/items",
      told.map((outcome) => ({ ...item, outcome })),
    );
    const labels = { script_name: "shop", faas_trigger: "http" };
    const counts = await Promise.all(
      [...OUTCOMES, "_OTHER"].map((outcome) => shown(outcomes, { ...labels, outcome })),
    );
    expect(counts).toEqual(Array.from({ length: 15 }, () => 2));
    expect(await shown(outcomes)).toBe(30);
  });

  test("observes CPU and wall time in seconds", async () => {
    await tell("/items", [{ ...item, outcome: "ok" }]);
    expect(await shown("cloudflare_worker_cpu_seconds_sum")).toBe(0.007);
    expect(await shown("cloudflare_worker_cpu_seconds_bucket", { le: "0.005" })).toBe(0);
    expect(await shown("cloudflare_worker_cpu_seconds_bucket", { le: "0.01" })).toBe(1);
    expect(await shown("cloudflare_worker_wall_seconds_sum")).toBe(1.2);
    expect(await shown("cloudflare_worker_wall_seconds_bucket", { le: "2.5" })).toBe(1);
  });

  test("tells the trigger by the shape of the event", async () => {
    const events: readonly (readonly [trigger: string, event: object | null])[] = [
      ["http", { request: { url: "https://example.com/card/4111" } }],
      ["timer", { cron: "* * * * *", scheduledTime: 5 }],
      ["timer", { scheduledTime: "2026-01-01T00:00:00Z" }],
      ["pubsub", { queue: "orders", batchSize: 3 }],
      ["pubsub", { mailFrom: "a@example.com", rcptTo: "b@example.com", rawSize: 5 }],
      ["other", { rpcMethod: "add" }],
      ["other", { consumedEvents: [] }],
      ["other", {}],
      ["other", null],
    ];
    await tell(
      "/items",
      events.map(([, event], i) => ({ ...item, event, scriptName: `script-${i}`, outcome: "ok" })),
    );
    for (const [i, [trigger]] of events.entries()) {
      const labels = { script_name: `script-${i}`, faas_trigger: trigger, outcome: "ok" };
      expect(await shown(outcomes, labels)).toBe(1);
    }
    expect(await shown(outcomes)).toBe(events.length);
  });

  test("goes on after items that no runtime tells, and has no series of their making", async () => {
    const worker = await tell("/hostile", [{ ...item, outcome: "aborted" }]);
    expect(await shown(outcomes, { outcome: "aborted", script_name: "shop" })).toBe(3);
    expect(await shown(outcomes, { outcome: "_OTHER", script_name: "shop" })).toBe(1);
    expect(await shown("cloudflare_worker_cpu_seconds_sum", { script_name: "shop" })).toBe(0.014);
    expect(warnings(worker).length).toBe(1);
  });

  test("tells at most 100 scripts apart, and counts all", async () => {
    const worker = await tell("/many", [{ ...item, outcome: "ok" }]);
    expect(await shown(outcomes, { outcome: "ok" })).toBe(5_000);
    expect(await shown(outcomes, { outcome: "ok", script_name: "script-99" })).toBe(5);
    expect(await shown(outcomes, { outcome: "ok", script_name: "_OTHER" })).toBe(4_500);
    expect(warnings(worker)).toEqual([]);
  });
});
