import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { gate } from "../../../test/gate.js";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startVercelFunction } from "../../../test/vercel/function.js";

const gateway = useGateway();
const { shown, eventually } = gateway;

async function run(env: Readonly<Record<string, string>>) {
  const entrypoint = fileURLToPath(new URL("fixtures/edge.ts", import.meta.url));
  const started = await startVercelFunction({ entrypoint, env });
  onTestFinished(async () => void (await started.stop({ limitMs: 0 })));
  return started;
}

test("Routing Middleware passes requests on, or answers them, and is counted", async () => {
  const entrypoint = fileURLToPath(new URL("fixtures/middleware.ts", import.meta.url));
  const env = { PUSHGATEWAY_URL: gateway.url };
  const { fetch, stop } = await startVercelFunction({ entrypoint, env, middleware: true });
  onTestFinished(async () => void (await stop({ limitMs: 0 })));
  const passed = await fetch("/?plan=pro");
  expect([passed.status, passed.headers.get("x-middleware-next")]).toEqual([200, "1"]);
  const denied = await fetch("/deny?plan=pro");
  expect([denied.status, await denied.text()]).toEqual([403, "denied"]);
  await eventually("faas_invocations_total").toBe(2);
  expect(await shown("orders_total", { plan: "pro" })).toBe(2);
}, 30_000);

describe("a function on the edge runtime", { timeout: 30_000 }, () => {
  test("is counted with its status and recordings, without a word", async () => {
    const edge = await run({ PUSHGATEWAY_URL: gateway.url });
    for (const status of [200, 404, 503]) {
      const response = await edge.fetch(`/?plan=pro&status=${status}`);
      expect([response.status, await response.text()]).toEqual([status, "ok"]);
    }
    await eventually("faas_invoke_duration_seconds_count", { faas_trigger: "http" }).toBe(3);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("faas_errors_total", { error_type: "503" })).toBe(1);
    expect(await shown("orders_total", { plan: "pro" })).toBe(3);
    expect(await shown("target_info", { process_runtime_name: "edge-light" })).toBe(1);
    expect(edge.logs()).not.toContain("prefreeze");
  });

  test("lasts until the body of its response has ended, which may record, too", async () => {
    const edge = await run({ PUSHGATEWAY_URL: gateway.url });
    expect(await (await edge.fetch("/stream?plan=pro")).text()).toBe("ab");
    await eventually("faas_invocations_total").toBe(1);
    expect(await shown("orders_total", { plan: "pro" })).toBe(2);
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThanOrEqual(0.199);
  });

  test("is counted as failed when it throws", async () => {
    const edge = await run({ PUSHGATEWAY_URL: gateway.url });
    // The builder's server ends when a function throws.
    await expect(edge.fetch("/throw?plan=pro")).rejects.toThrow("nothing left");
    await eventually("faas_errors_total", { error_type: "OutOfStock" }).toBe(1);
    expect(await shown("orders_total")).toBe(1);
  });

  test("adds up what concurrent requests record", async () => {
    const edge = await run({ PUSHGATEWAY_URL: gateway.url });
    const plans = ["a", "b", "c"];
    await Promise.all(plans.map((plan) => edge.fetch(`/meet?plan=${plan}`)));
    await eventually("faas_invocations_total").toBe(3);
    for (const plan of plans) expect(await shown("orders_total", { plan })).toBe(2);
  });

  test("answers without waiting for a gateway that hangs", async () => {
    const { opened, open } = gate();
    const gated = await forwardingGateway(gateway.url, () => opened);
    const edge = await run({ PUSHGATEWAY_URL: gated.url, PREFREEZE_FLUSH_TIMEOUT_MS: "20000" });
    expect(await (await edge.fetch("/?plan=pro")).text()).toBe("ok");
    await expect.poll(gated.pushes).toBe(1);
    open();
    await eventually("orders_total").toBe(1);
  });

  test("pushes by the event that it gets if the server keeps no context", async () => {
    const edge = await run({ PUSHGATEWAY_URL: gateway.url });
    expect(await (await edge.fetch("/without-context?plan=pro")).text()).toBe("ok");
    await eventually("orders_total").toBe(1);
  });

  test("runs bare with PREFREEZE_DISABLED, which explain() names", async () => {
    const edge = await run({ PUSHGATEWAY_URL: gateway.url, PREFREEZE_DISABLED: "1" });
    expect(await (await edge.fetch("/explain")).json()).toEqual({
      mode: "inert",
      reason: "disabled by PREFREEZE_DISABLED",
    });
    expect(edge.logs()).not.toContain("prefreeze");
  });

  test("tells before its first request that there was none yet", async () => {
    const edge = await run({ PUSHGATEWAY_URL: gateway.url });
    expect(await (await edge.fetch("/explain/start")).json()).toEqual({
      mode: "inert",
      reason: "no wrapped handler was called yet",
    });
  });
});
