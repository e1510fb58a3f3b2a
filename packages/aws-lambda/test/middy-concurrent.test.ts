import middy from "@middy/core";
import { expect, test, vi } from "vitest";
import { startGateway } from "@prefreeze/gateway";
import type { Context } from "aws-lambda";

const context = (awsRequestId: string) =>
  ({ awsRequestId, getRemainingTimeInMillis: () => 10_000 }) as Context;

// Runs as on Managed Instances. The file has only this test, since the instance of a process never changes its mode.
test("a middy handler counts overlapping invocations each by its own outcome", async () => {
  await using gateway = await startGateway();
  vi.stubEnv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
  vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", "10");
  vi.stubEnv("PUSHGATEWAY_URL", gateway.url);
  const { prefreeze } = await import("@prefreeze/aws-lambda/middy");
  const rejections: (() => void)[] = [];
  const handler = middy(async (event: { fails: boolean }) => {
    if (event.fails)
      await new Promise<void>((_, reject) => rejections.push(() => reject(new RangeError("late"))));
    return "ok";
  }).use(prefreeze());

  const failing = handler({ fails: true }, context("1"));
  await expect.poll(() => rejections.length).toBe(1);
  expect(await handler({ fails: false }, context("2"))).toBe("ok");
  rejections[0]?.();
  await expect(failing).rejects.toThrow("late");
  // Managed Instances never freeze, so totals are pushed every 5 s.
  const pushed = () => gateway.value("faas_invocations_total");
  await expect.poll(pushed, { timeout: 10_000 }).toBe(1);
  expect(await gateway.value("faas_errors_total", { error_type: "RangeError" })).toBe(1);
});
