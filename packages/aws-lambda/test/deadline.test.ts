import { describe, expect, test } from "vitest";
import { hangingGateway } from "../../../test/pushgateway/broken-gateways.js";
import { deploy } from "./deploy.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;

describe("the margin before the deadline", { timeout: 30_000 }, () => {
  const deployWithTwoSeconds = (entry: string, env: Record<string, string>) =>
    // What is late on a busy machine is not late by seconds.
    deploy(entry, {
      timeoutMs: 2_000,
      timeoutGraceMs: 5_000,
      env: { PUSHGATEWAY_URL: gateway.url, ...env },
    });

  test.each([
    ["its variable", "shop.ts", { PREFREEZE_TIMEOUT_MARGIN_MS: "1000" }],
    ["its option, which overrides the variable", "margin.ts", { PREFREEZE_TIMEOUT_MARGIN_MS: "1" }],
  ] as const)("is set by %s", async (_, entry, env) => {
    const { invoke, lambda } = await deployWithTwoSeconds(entry, env);
    expect((await invoke({ plan: "pro", waitsMs: 1_200 })).result).toEqual({ ok: true });
    expect(await shown("faas_timeouts_total")).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(0);
    expect(await shown("faas_invoke_duration_seconds_count")).toBe(1);
    // Everything had been pushed when the invocation ended.
    expect(await shown("orders_total")).toBe(1);
    expect(await shown("charge_duration_seconds_count")).toBe(1);
    expect((await invoke({ plan: "pro", waitsMs: 500 })).result).toEqual({ ok: true });
    expect(await shown("faas_timeouts_total")).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(1);
    expect(lambda.coldStarts()).toBe(1);
  });

  test("is the default if its variable is malformed, with a warning", async () => {
    const { invoke, lambda } = await deployWithTwoSeconds("shop.ts", {
      PREFREEZE_TIMEOUT_MARGIN_MS: "30001",
    });
    await invoke({ waitsMs: 1_200 });
    expect(await shown("faas_timeouts_total")).toBe(0);
    expect(lambda.logs()).toContain(
      "PREFREEZE_TIMEOUT_MARGIN_MS is not a whole number from 1 to 30000 and is ignored",
    );
  });

  test("delays nothing: an invocation that ends within it returns in time although the gateway hangs", async () => {
    const { invoke, lambda } = await deployWithTwoSeconds("shop.ts", {
      PUSHGATEWAY_URL: await hangingGateway(),
      PREFREEZE_FLUSH_TIMEOUT_MS: "30000",
    });
    const { result } = await invoke({ plan: "pro", waitsMs: 1_800 });
    expect(result).toEqual({ ok: true });
    expect(lambda.logs()).not.toContain("Task timed out");
    expect(lambda.coldStarts()).toBe(1);
  });
});
