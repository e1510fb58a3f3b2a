import { describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { fixture, runWorker, warnings } from "./run-worker.js";

const gateway = useGateway();
const { shown, eventually } = gateway;

describe("a handler that only some Workers have", { timeout: 30_000 }, () => {
  test("email has the trigger pubsub, and fails if it throws", async () => {
    const worker = await runWorker("other-handlers.ts", { gateway });
    expect((await worker.email("a@example.com")).ok).toBe(true);
    await eventually("faas_invocations_total", { faas_trigger: "pubsub" }).toBe(1);
    expect((await worker.email("b@example.com", "bounce")).ok).toBe(false);
    const failed = { faas_trigger: "pubsub", error_type: "Bounced" };
    await eventually("faas_errors_total", failed).toBe(1);
    expect(worker.logs()).toContain("email from b@example.com");
    expect(worker.logs()).toContain("untouched: true");
    // Emails are no batch.
    expect(await shown("faas_batch_item_failures_total")).toBeUndefined();
    expect(warnings(worker)).toEqual([]);
  });

  test("trace has the trigger other", async () => {
    const worker = await runWorker("odd-answers.ts", {
      gateway,
      tail: fixture("other-handlers.ts"),
    });
    await worker.fetch("/text");
    await expect.poll(() => worker.logs()).toContain("traces: 1");
    await eventually("faas_invocations_total", { faas_trigger: "other" }).toBe(1);
  });
});

test("Handlers called with what no runtime passes do what they do bare", async () => {
  const worker = await runWorker("odd-calls.ts", { gateway });
  const answers = (await (await worker.fetch("/")).json()) as Record<string, string>;
  const { "its own error": error, ...others } = answers;
  expect(error).toBe("RangeError: mine");
  expect(Object.keys(others).length).toBe(22);
  expect(new Set(Object.values(others))).toEqual(new Set(["undefined"]));
  // All but the two without a context.
  await eventually("faas_invocations_total", { faas_trigger: "pubsub" }).toBe(19);
  expect(await shown("faas_invocations_total", { faas_trigger: "other" })).toBe(1);
  expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
  expect(await shown("faas_batch_item_failures_total")).toBe(1);
  expect(warnings(worker).length).toBeLessThanOrEqual(2);
}, 30_000);
