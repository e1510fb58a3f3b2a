import { describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { runWorker } from "./run-worker.js";

const gateway = useGateway();
const { shown, eventually } = gateway;

describe("a Worker with a queue consumer alone", { timeout: 30_000 }, () => {
  test("is measured, with the trigger pubsub", async () => {
    const worker = await runWorker("consumer.ts", { gateway });
    expect(await worker.queue(["a", "b"])).toMatchObject({ outcome: "ok" });
    await eventually("faas_invocations_total", { faas_trigger: "pubsub" }).toBe(1);
    expect(await shown("orders_total")).toBe(2);
  });

  test("has failed if it throws", async () => {
    const worker = await runWorker("consumer.ts", { gateway });
    expect(await worker.queue(["a", "throw"])).toMatchObject({ outcome: "exception" });
    const labels = { faas_trigger: "pubsub", error_type: "RangeError" };
    await eventually("faas_errors_total", labels).toBe(1);
  });
});
