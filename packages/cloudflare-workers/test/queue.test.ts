import { describe, expect, test } from "vitest";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import type { QueueResult } from "../../../test/workers/worker.js";
import { runWorker, warnings } from "./run-worker.js";

const gateway = useGateway();
const { shown, eventually } = gateway;
const pubsub = { faas_trigger: "pubsub" };

describe("a Worker with a queue consumer alone", { timeout: 30_000 }, () => {
  test("is measured, with the trigger pubsub", async () => {
    const worker = await runWorker("consumer.ts", { gateway });
    expect(await worker.queue(["nothing", "ack"])).toMatchObject({ outcome: "ok" });
    await eventually("faas_invocations_total", pubsub).toBe(1);
    expect(await shown("orders_total")).toBe(2);
    expect(await shown("faas_batch_item_failures_total", pubsub)).toBe(0);
    expect(warnings(worker)).toEqual([]);
  });

  test("has failed if it throws", async () => {
    const worker = await runWorker("consumer.ts", { gateway });
    expect(await worker.queue(["throw"])).toMatchObject({ outcome: "exception" });
    await eventually("faas_errors_total", { ...pubsub, error_type: "RangeError" }).toBe(1);
  });

  test("sees its batch and messages as it does unwrapped", async () => {
    const seen = async (disabled: string) => {
      const bindings = { PREFREEZE_DISABLED: disabled };
      const worker = await runWorker("consumer.ts", { gateway, bindings });
      await worker.queue(["look"]);
      await expect.poll(() => worker.logs()).toContain("retry 0 true");
      const logs = worker.logs().replaceAll(/\d{4}-[\d-]+T[\d:.]+Z/g, "now");
      return logs.replace(/^failed: .*$/m, "").trim();
    };
    expect(await seen("0")).toBe(await seen("1"));
  });
});

/** How many of the messages a queue delivers again, by what the runtime told it. */
function failuresIn(bodies: readonly string[], result: QueueResult): number {
  const { outcome, ackAll, retryBatch, explicitAcks, retryMessages } = result;
  const rest = retryBatch.retry || (outcome !== "ok" && !ackAll);
  return rest ? bodies.length - explicitAcks.length : retryMessages.length;
}

const BATCHES: readonly (readonly [failed: number, bodies: readonly string[]])[] = [
  [0, ["nothing", "nothing"]],
  [0, ["ack", "ack, ack", "ackAll"]],
  [1, ["retry", "nothing"]],
  [2, ["retry", "retry in a minute", "ack"]],
  [1, ["retry, retry, retry in a minute", "ack"]],
  [0, ["ack, retry", "ack, retry in a minute"]],
  [1, ["retry, ack", "ack"]],
  [3, ["nothing", "retryAll", "nothing"]],
  [2, ["ack", "retryAll", "nothing"]],
  [3, ["retryAll, ack", "ack", "retry"]],
  [2, ["retryAll, ackAll", "ack"]],
  [0, ["ackAll, retryAll", "retry", "nothing"]],
  [1, ["retry", "ackAll", "retry"]],
  [3, ["nothing", "nothing", "throw"]],
  [2, ["ack", "retry", "throw"]],
  [0, ["ackAll", "throw"]],
  [1, ["retry", "ackAll", "throw"]],
  [2, ["ack", "retryAll", "throw"]],
  [1, ["ack of a fresh list", "throw"]],
  [2, ["ack of nothing", "throw"]],
  [0, ["retry with a symbol", "nothing"]],
  [0, []],
];

describe("messages of a queue have failed", { timeout: 30_000 }, () => {
  test("if the runtime tells the queue so", async () => {
    const worker = await runWorker("consumer.ts", { gateway });
    const told: unknown[] = [];
    for (const [, bodies] of BATCHES)
      told.push([failuresIn(bodies, await worker.queue(bodies)), bodies]);
    expect(told).toEqual(BATCHES);
    const counted = () =>
      Array.from(worker.logs().matchAll(/^failed: (\d+)$/gm), ([, count]) => Number(count));
    await expect.poll(counted).toEqual(BATCHES.map(([failed]) => failed));
    const sum = BATCHES.reduce((sum, [failed]) => sum + failed, 0);
    await eventually("faas_batch_item_failures_total", pubsub).toBe(sum);
    expect(warnings(worker)).toEqual([]);
  });

  test("once for each delivery, in batches at once and of any size", async () => {
    const worker = await runWorker("consumer.ts", { gateway });
    const batches = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: i * 20 }, (_, j) => (j % 2 ? "retry" : "ack")),
    );
    const results = await Promise.all(batches.map((batch) => worker.queue(batch)));
    const failed = results.reduce((sum, { retryMessages }) => sum + retryMessages.length, 0);
    expect(failed).toBe(1_900);
    await eventually("faas_batch_item_failures_total", pubsub).toBe(failed);
    expect(await shown("faas_invocations_total", pubsub)).toBe(20);
  });
});

describe("the backlog of a queue", { timeout: 30_000 }, () => {
  const labels = { queue: "messages" };

  test("is what the runtime tells with the newest batch, if queueBacklog is among the measures", async () => {
    const worker = await runWorker("consumer.ts", { gateway });
    const oldestMessageTimestamp = new Date(1_700_000_000_500);
    await worker.queue(["ack"], { backlogCount: 7, backlogBytes: 99, oldestMessageTimestamp });
    await eventually("cloudflare_queue_backlog_messages", labels).toBe(7);
    expect(await shown("cloudflare_queue_backlog_bytes", labels)).toBe(99);
    const oldest = "cloudflare_queue_oldest_message_timestamp_seconds";
    expect(await shown(oldest, labels)).toBe(1_700_000_000.5);
    await worker.queue(["ack"], { backlogCount: 0, backlogBytes: 0 });
    await eventually("cloudflare_queue_backlog_messages", labels).toBe(0);
    expect(await shown(oldest, labels)).toBeNaN();
  });
});

describe("a queue that waits for waitUntil", { timeout: 30_000 }, () => {
  test("does not wait until pushes are shared, unless it has the flag not to wait at all", async () => {
    const run = async (compatibilityFlags: readonly string[]) => {
      const counting = await forwardingGateway(gateway.url);
      const bindings = { PUSHGATEWAY_URL: counting.url };
      const worker = await runWorker("consumer.ts", { gateway, bindings, compatibilityFlags });
      await worker.queue(["ack"]);
      const startedMs = performance.now();
      for (let i = 0; i < 5; i++) await worker.queue(["ack"]);
      expect(performance.now() - startedMs).toBeLessThan(2_500);
      return counting.pushes();
    };
    expect(await run([])).toBe(6);
    expect(await run(["queue_consumer_no_wait_for_wait_until"])).toBeLessThan(5);
    await eventually("faas_invocations_total", pubsub).toBe(12);
  });
});
