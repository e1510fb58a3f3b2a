import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { gate } from "../../../test/gate.js";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import {
  startVercelFunction,
  type VercelFunction,
  type VercelFunctionOptions,
} from "../../../test/vercel/function.js";

const gateway = useGateway();
const { shown, eventually, instances } = gateway;

async function run(
  name: string,
  { env = {}, ...options }: Partial<VercelFunctionOptions> = {},
): Promise<VercelFunction> {
  const entrypoint = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
  const vercelFunction = await startVercelFunction({
    entrypoint,
    env: { PUSHGATEWAY_URL: gateway.url, ...env },
    ...options,
  });
  onTestFinished(async () => void (await vercelFunction.stop({ limitMs: 0 })));
  return vercelFunction;
}

const warnings = ({ logs }: VercelFunction) =>
  logs()
    .split("\n")
    .filter((line) => line.includes("prefreeze:"));
const shapes = ["fetch-export.ts", "named-method.ts", "request-response.ts"];

describe.each(shapes)("a handler as %s", { timeout: 30_000 }, (shape) => {
  test("is counted with its status and recordings, and throws its error once that is counted and pushed", async () => {
    const vercelFunction = await run(shape);
    for (const status of [200, 404, 500, 503]) {
      const response = await vercelFunction.fetch(`/?plan=pro&status=${status}`);
      expect([response.status, await response.text()]).toEqual([status, "ok"]);
    }
    await eventually("faas_invoke_duration_seconds_count", { faas_trigger: "http" }).toBe(4);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("faas_errors_total", { error_type: "500" })).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "503" })).toBe(1);
    expect(await shown("faas_coldstarts_total")).toBe(1);
    expect(await shown("orders_total", { plan: "pro" })).toBe(4);
    expect(await instances()).toEqual([expect.stringMatching(/^fra1-/)]);
    expect(warnings(vercelFunction)).toEqual([]);

    // The server exits if a handler throws.
    await expect(vercelFunction.fetch("/throw?plan=pro")).rejects.toThrow(
      "OutOfStock: nothing left of card 4111-11-1111",
    );
    expect(await shown("faas_errors_total", { error_type: "OutOfStock" })).toBe(1);
    expect(await shown("orders_total")).toBe(5);
    expect(await gateway.metrics()).not.toContain("4111-11");
  });
});

describe("a request", { timeout: 30_000 }, () => {
  test("among five concurrent ones in a process sees only its own recordings, and is counted", async () => {
    const vercelFunction = await run("five-at-once.ts");
    const plans = ["a", "b", "c", "d", "e"];
    const responses = await Promise.all(
      plans.map((plan) => vercelFunction.fetch(`/?plan=${plan}`)),
    );
    const seen = (await Promise.all(responses.map((response) => response.json()))) as {
      coldStart: boolean;
    }[];
    expect(seen).toEqual(
      plans.map((plan) => ({ coldStart: expect.any(Boolean), recorded: [[plan, 2]] })),
    );
    expect(seen.filter(({ coldStart }) => coldStart)).toHaveLength(1);
    await eventually("faas_invocations_total").toBe(5);
    for (const plan of plans) expect(await shown("orders_total", { plan })).toBe(2);
    expect(await shown("faas_coldstarts_total")).toBe(1);
    expect((await instances()).length).toBe(1);
  });

  test("is answered without waiting for the gateway, for which only the shutdown waits", async () => {
    const { opened, open } = gate();
    const gated = await forwardingGateway(gateway.url, () => opened);
    const vercelFunction = await run("fetch-export.ts", {
      env: { PUSHGATEWAY_URL: gated.url, PREFREEZE_FLUSH_TIMEOUT_MS: "20000" },
    });
    expect(await (await vercelFunction.fetch("/?plan=pro")).text()).toBe("ok");
    await expect.poll(gated.pushes).toBe(1);
    const stopped = vercelFunction.stop({ by: "SIGTERM" });
    open();
    expect(await stopped).toEqual({ graceful: true, exitCode: 0 });
    expect(await shown("orders_total")).toBe(1);
  });

  test("to a handler with threads of its own warns once that what they record is lost", async () => {
    const vercelFunction = await run("own-threads.ts");
    for (let i = 0; i < 2; i++) expect(await (await vercelFunction.fetch("/")).text()).toBe("ok");
    await expect
      .poll(() => warnings(vercelFunction))
      .toEqual([expect.stringContaining("recordings in a worker thread are lost")]);
  });

  test("without waitUntil is answered once it is counted at the gateway", async () => {
    const vercelFunction = await run("no-context.ts");
    for (const count of [1, 2, 3]) {
      expect((await vercelFunction.fetch("/?plan=pro")).status).toBe(200);
      expect(await shown("orders_total")).toBe(count);
    }
    expect(await (await vercelFunction.fetch("/explain")).json()).toMatchObject({
      mode: "flush before the response",
      reason: "the server offers no waitUntil",
    });
  });

  test("without waitUntil waits for a hanging gateway no longer than the flush timeout", async () => {
    const gated = await forwardingGateway(gateway.url, () => false);
    const vercelFunction = await run("no-context.ts", {
      env: { PUSHGATEWAY_URL: gated.url, PREFREEZE_FLUSH_TIMEOUT_MS: "300" },
    });
    await vercelFunction.fetch("/");
    const startedMs = performance.now();
    expect(await (await vercelFunction.fetch("/")).text()).toBe("ok");
    const durationMs = performance.now() - startedMs;
    expect(durationMs).toBeGreaterThanOrEqual(290);
    expect(durationMs).toBeLessThan(2_000);
  });

  test("to a handler that ends its response later is counted when the response ends, with its status", async () => {
    const vercelFunction = await run("ends-later.ts");
    expect(await (await vercelFunction.fetch("/?plan=pro")).text()).toBe("2");
    await eventually("faas_invocations_total").toBe(1);
    expect((await vercelFunction.fetch("/?status=503")).status).toBe(503);
    await eventually("faas_errors_total", { error_type: "503" }).toBe(1);
    expect(await shown("orders_total", { plan: "before the end" })).toBe(2);
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThanOrEqual(0.055);

    // The response also ends if the client gives up.
    await expect(vercelFunction.fetch("/", { signal: AbortSignal.timeout(5) })).rejects.toThrow();
    await eventually("faas_invoke_duration_seconds_count").toBe(3);
  });

  test("to a handler whose promise resolves before the response has ended holds up nobody, and is over when the response closes", async () => {
    const vercelFunction = await run("ends-after-promise.ts");
    const response = await vercelFunction.fetch("/?plan=pro&status=503");
    expect(await response.text()).toBe("by the code around it");
    await eventually("faas_errors_total", { error_type: "503" }).toBe(1);
    expect(await (await vercelFunction.fetch("/later?plan=pro")).text()).toBe("later");
    await eventually("faas_invocations_total").toBe(1);
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThanOrEqual(0.099);
  });

  test("is never read, and is counted once however often its handler is wrapped", async () => {
    const vercelFunction = await run("odd.ts");
    expect(await (await vercelFunction.fetch("/")).text()).toBe("inner");
    await eventually("faas_invocations_total").toBe(1);
    expect(await (await vercelFunction.fetch("/app")).text()).toBe("inner");
    await eventually("orders_total", { plan: "private" }).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(warnings(vercelFunction)).toEqual([]);
  });
});
