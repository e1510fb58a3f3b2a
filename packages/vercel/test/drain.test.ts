import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { gate } from "../../../test/gate.js";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startVercelFunction } from "../../../test/vercel/function.js";

const gateway = useGateway();
const { shown, eventually } = gateway;

async function start(env: Readonly<Record<string, string>> = {}) {
  const started = await startVercelFunction({
    entrypoint: fileURLToPath(new URL("fixtures/drained.mjs", import.meta.url)),
    launcher: true,
    env: { PUSHGATEWAY_URL: gateway.url, ...env },
  });
  onTestFinished(async () => void (await started.stop({ limitMs: 0 })));
  return started;
}

/** The end that Vercel gives a process. A busy machine is slow, and production has 500 ms. */
const end = { by: "SIGTERM", limitMs: 500 } as const;

describe("a process that Vercel ends", { timeout: 30_000 }, () => {
  test("pushes what requests recorded that end in time, and counts those as failed that do not", async () => {
    const { fetch, stop } = await start();
    await fetch("/?ms=0");
    await eventually("faas_invocations_total").toBe(1);
    const short = fetch("/?ms=100");
    const long = fetch("/?ms=60000");
    const cut = long.then(
      () => false,
      () => true,
    );
    await gateway.eventually("orders_total", { plan: "begun" }).toBe(1);
    const stopped = stop(end);
    expect(await (await short).text()).toBe("ok");
    expect(await stopped).toMatchObject({ graceful: false });
    expect(await cut).toBe(true);
    expect(await shown("orders_total", { plan: "begun" })).toBe(3);
    expect(await shown("orders_total", { plan: "done" })).toBe(2);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("faas_errors_total", { error_type: "shutdown" })).toBe(1);
  });

  test("waits for the push that is under way, and pushes what came after it", async () => {
    const { opened, open } = gate();
    const gated = await forwardingGateway(gateway.url, () => opened);
    const { fetch, stop } = await start({ PUSHGATEWAY_URL: gated.url });
    await fetch("/?ms=0");
    await expect.poll(gated.pushes).toBe(1);
    await fetch("/?ms=0");
    const stopped = stop({ by: "SIGTERM" });
    open();
    expect(await stopped).toEqual({ graceful: true, exitCode: 0 });
    expect(await shown("faas_invocations_total")).toBe(2);
  });

  test("ends in time although the gateway hangs", async () => {
    const gated = await forwardingGateway(gateway.url, () => false);
    const { fetch, stop, pid } = await start({ PUSHGATEWAY_URL: gated.url });
    await fetch("/?ms=0");
    await expect.poll(gated.pushes).toBe(1);
    const startedMs = performance.now();
    process.kill(pid, "SIGTERM");
    await stop({ by: "SIGTERM" });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});
