import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startVercelFunction } from "../../../test/vercel/function.js";

const gateway = useGateway();
const { shown, eventually } = gateway;

async function start(env: Readonly<Record<string, string>> = {}) {
  const started = await startVercelFunction({
    entrypoint: fileURLToPath(new URL("fixtures/launched.mjs", import.meta.url)),
    launcher: true,
    env: { PUSHGATEWAY_URL: gateway.url, ...env },
  });
  onTestFinished(async () => void (await started.stop({ limitMs: 0 })));
  return started;
}

describe("a function as Vercel deploys it", { timeout: 30_000 }, () => {
  test("counts requests, cron jobs, streams, errors, and bodies that break", async () => {
    const { fetch } = await start();
    expect(await (await fetch("/")).text()).toBe("ok");
    expect(await (await fetch("/", { headers: { "x-vercel-cron": "1" } })).text()).toBe("ok");
    expect(await (await fetch("/stream")).text()).toBe("ab");
    expect((await fetch("/", { method: "POST" })).status).toBe(500);
    const broken = await fetch("/stream?breaks");
    await expect(broken.text()).rejects.toThrow();
    await eventually("faas_invoke_duration_seconds_count").toBe(5);
    expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(2);
    expect(await shown("faas_invocations_total", { faas_trigger: "timer" })).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(2);
    expect(await shown("orders_total", { plan: "streamed" })).toBe(2);
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThanOrEqual(0.398);
    expect(await shown("faas_canceled_total")).toBe(0);
  });

  test("shares pushes: one at once, and one each half second", async () => {
    const counted = await forwardingGateway(gateway.url, () => true);
    const { fetch } = await start({ PUSHGATEWAY_URL: counted.url });
    const startedMs = performance.now();
    for (let i = 0; i < 20; i++) await (await fetch("/")).text();
    await eventually("faas_invocations_total").toBe(20);
    // The first, and one each window.
    const windows = Math.ceil((performance.now() - startedMs) / 500);
    expect(counted.pushes()).toBeLessThanOrEqual(1 + windows);
  });

  test("counts what reaches its deadline as timed out, and pushes it before", async () => {
    const { fetch } = await start();
    const headers = { "x-test-deadline-in-ms": "2000" };
    const answer = fetch("/?ms=2300", { headers });
    await eventually("faas_timeouts_total").toBe(1);
    expect(await shown("orders_total", { plan: "begun" })).toBe(1);
    expect(await (await answer).text()).toBe("ok");
    expect(await (await fetch("/", { headers })).text()).toBe("ok");
    await eventually("faas_invocations_total").toBe(1);
    expect(await shown("faas_timeouts_total")).toBe(1);
  });

  test("without waitUntil answers before its deadline although the gateway hangs", async () => {
    const hanging = await forwardingGateway(gateway.url, () => false);
    const { fetch } = await start({
      PUSHGATEWAY_URL: hanging.url,
      PREFREEZE_FLUSH_TIMEOUT_MS: "20000",
    });
    // Loads the function, which takes a while.
    await (await fetch("/")).text();
    const headers = { "x-test-context": "no-wait", "x-test-deadline-in-ms": "1500" };
    const startedMs = performance.now();
    expect(await (await fetch("/", { headers })).text()).toBe("ok");
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test.each([
    ["no context", "none"],
    ["a context without waitUntil", "no-wait"],
    ["a context that cannot be had", "throws"],
  ])("with %s answers once it has pushed, and ends a stream once it has", async (_, context) => {
    const { fetch } = await start();
    const headers = { "x-test-context": context };
    expect(await (await fetch("/", { headers })).text()).toBe("ok");
    expect(await shown("faas_invocations_total")).toBe(1);
    expect(await (await fetch("/stream", { headers })).text()).toBe("ab");
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("orders_total", { plan: "streamed" })).toBe(1);
    expect(await (await fetch("/explain", { headers })).json()).toMatchObject({
      mode: "flush before the response",
      reason: "the server offers no waitUntil",
    });
  });
});
