import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { deploy } from "./deploy.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;
const preload = fileURLToPath(new URL("../dist/register.mjs", import.meta.url));
const instances = async () =>
  new Set((await gateway.metrics()).match(/instance="[^"]+"/g)?.map((each) => each.slice(10, -1)));

const managed = (env: Record<string, string> = {}) =>
  deploy("shop.ts", {
    managedInstances: { maxConcurrency: 10, workerThreads: 2 },
    env: { PUSHGATEWAY_URL: gateway.url, ...env },
  });

test("a Managed Instance counts concurrent invocations and has a group for each thread", async () => {
  const { invoke, lambda } = await managed();
  const events = Array.from({ length: 40 }, (_, i) => ({
    plan: "pro",
    waitsMs: 20,
    tells: "invocation",
    ...(i % 4 === 0 ? { throws: "no" } : {}),
  }));
  const answers = await Promise.all(events.map(invoke));
  for (const { result } of answers.filter(({ errorType }) => errorType === undefined))
    expect(result).toMatchObject({ isCurrent: true, orders: 1 });
  await expect.poll(() => shown("orders_total"), { timeout: 10_000 }).toBe(40);
  expect(await shown("faas_invocations_total")).toBe(30);
  expect(await shown("faas_errors_total", { error_type: "CardDeclined" })).toBe(10);
  // No caller waited for its start.
  expect((await shown("faas_coldstarts_total")) ?? 0).toBe(0);
  const threads = [...(await instances())].map((id) => /^\w{8}-(\d+)-/.exec(id)?.[1]);
  expect(new Set(threads)).toEqual(new Set(["1", "2"]));
  expect(lambda.logs()).not.toContain("prefreeze:");
});

test("a Managed Instance pushes again after a failed push, without another invocation", async () => {
  const failing = await forwardingGateway(gateway.url, (push) => push > 1);
  const { invoke } = await managed({
    PUSHGATEWAY_URL: failing.url,
    PREFREEZE_FLUSH_TIMEOUT_MS: "1000",
  });
  await invoke({ plan: "pro" });
  await expect.poll(() => shown("orders_total"), { timeout: 15_000 }).toBe(1);
  expect(failing.pushes()).toBe(2);
});

test("a Managed Instance flushes every few seconds, and explains why", async () => {
  const { invoke } = await managed();
  const { result, durationMs } = await invoke({ plan: "pro", tells: "explanation" });
  expect(result).toMatchObject({
    mode: "flush every few seconds",
    reason: "Managed Instances are never frozen",
  });
  expect(durationMs).toBeLessThan(1_000);
});

test("a Managed Instance with the preload makes a final flush when it is shut down", async () => {
  const { invoke, lambda } = await managed({ NODE_OPTIONS: `--import=${preload}` });
  await Promise.all(Array.from({ length: 20 }, () => invoke({ plan: "pro", waitsMs: 20 })));
  const ended = await lambda.shutdownEnvironment(lambda.environments()[0]!.pid);
  expect(ended).toMatchObject({ signal: "SIGTERM" });
  expect(await shown("orders_total")).toBe(20);
  expect(await shown("faas_invocations_total")).toBe(20);
});
