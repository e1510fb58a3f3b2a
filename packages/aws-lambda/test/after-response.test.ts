import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { gate } from "../../../test/gate.js";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { deploy } from "./deploy.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;
const preload = fileURLToPath(new URL("../dist/register.mjs", import.meta.url));

/** The timeout is so long that a test would fail if a flush delayed the response. */
const env = (url: string) => ({ PUSHGATEWAY_URL: url, PREFREEZE_FLUSH_TIMEOUT_MS: "30000" });

/** The two ways to register. */
const ways = [
  {
    way: "an import at the top of an ES module",
    start: (url: string) =>
      deploy("registered.ts", { format: "esm", timeoutMs: 60_000, env: env(url) }),
  },
  {
    way: "a preload ahead of a CommonJS handler",
    start: (url: string) =>
      deploy("shop.ts", {
        timeoutMs: 60_000,
        env: { ...env(url), NODE_OPTIONS: `--import=${preload}` },
      }),
  },
];

test("a CPU burst during the flush does not delay the response", async () => {
  const { invoke, lambda } = await deploy("burst.ts", { format: "esm", env: env(gateway.url) });
  await invoke();
  await lambda.settled();
  const { result, durationMs } = await invoke();
  expect(result).toBe("ok");
  expect(durationMs).toBeLessThan(1_000);
  await lambda.settled();
  expect(await shown("orders_total")).toBe(2);
});

test("a streamed response ends before its flush begins, even if the environment is not registered", async () => {
  const { opened, open } = gate();
  const slow = await forwardingGateway(gateway.url, () => opened);
  const { stream, lambda } = await deploy("streams.ts", {
    exported: "outside.written",
    timeoutMs: 60_000,
    env: env(slow.url),
  });
  expect(await stream()).toMatchObject({ body: "first last", errorCode: undefined });
  await expect.poll(slow.pushes).toBe(1);
  expect(await shown("orders_total")).toBeUndefined();
  open();
  await lambda.settled();
  expect(await shown("orders_total", { plan: "begun" })).toBe(1);
});

describe.each(ways)("an environment registered by $way", { timeout: 30_000 }, ({ start }) => {
  test("responds before the gateway answers, and stays awake until it does", async () => {
    const { opened, open } = gate();
    const slow = await forwardingGateway(gateway.url, () => opened);
    const { invoke, lambda } = await start(slow.url);
    expect((await invoke({ plan: "pro" })).result).toEqual({ ok: true });
    await expect.poll(slow.pushes).toBe(1);
    expect(await shown("orders_total")).toBeUndefined();
    expect(lambda.environments()[0]?.frozen).toBe(false);
    open();
    await lambda.settled();
    expect(lambda.environments()[0]?.frozen).toBe(true);
    expect(await shown("orders_total")).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(1);
  });

  test("has pushed all of its twenty invocations when it is frozen", async () => {
    const { invoke, lambda } = await start(gateway.url);
    for (let count = 1; count <= 20; count++) {
      await invoke({ plan: "pro", ...(count % 5 === 0 ? { throws: "no" } : {}) });
    }
    await lambda.settled();
    expect(await shown("orders_total")).toBe(20);
    expect(await shown("faas_invocations_total")).toBe(16);
    expect(await shown("faas_errors_total", { error_type: "CardDeclined" })).toBe(4);
    expect(await shown("prefreeze_snapshot_sequence")).toBe(20);
    expect(lambda.coldStarts()).toBe(1);
  });

  test("explains that it flushes after the response", async () => {
    const { invoke } = await start(gateway.url);
    expect((await invoke({ tells: "explanation" })).result).toMatchObject({
      mode: "flush after the response",
      reason: "registered as an extension",
    });
  });
});
