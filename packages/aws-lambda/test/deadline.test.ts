import { beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeClock, fakeClock } from "../../core/test/fake-clock.js";
import { watchDeadline } from "../src/completion/deadline.js";
import { hangingGateway } from "../../../test/pushgateway/broken-gateways.js";
import { deploy } from "./deploy.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;

describe("an invocation", () => {
  let clock: FakeClock;
  const timedOut = vi.fn();
  // A fake, like the clock: `watchDeadline` uses nothing else of an observation.
  const watch = (...times: [remainingMs: number, marginMs?: number]) =>
    watchDeadline({ timedOut } as unknown as Parameters<typeof watchDeadline>[0], ...times);

  beforeEach(() => {
    timedOut.mockClear();
    clock = fakeClock();
  });

  test.each([
    ["100 ms before a deadline in 1 s", 1_000, undefined, 900],
    ["250 ms before a deadline in 3 s", 3_000, undefined, 2_750],
    ["250 ms before a deadline in 15 min", 900_000, undefined, 899_750],
    ["as long before the deadline as its margin says", 3_000, 1_200, 1_800],
    ["after half of its time at the earliest, whatever its margin says", 3_000, 30_000, 1_500],
  ] as const)("is settled as timed out %s", async (_, remainingMs, marginMs, atMs) => {
    watch(remainingMs, marginMs);
    await clock.pass(atMs - 1);
    expect(timedOut).not.toHaveBeenCalled();
    await clock.pass(1);
    expect(timedOut).toHaveBeenCalledTimes(1);
  });

  test("is not settled by a timer that fires after the deadline: it was frozen, so it had ended", async () => {
    watch(3_000);
    await clock.pass(2_749);
    clock.freeze(60_000);
    await clock.pass(10_000);
    expect(timedOut).not.toHaveBeenCalled();
  });

  test("is settled as timed out even if it blocked the event loop until shortly before its deadline", async () => {
    watch(3_000);
    await clock.pass(2_749);
    clock.freeze(200);
    await clock.pass(1);
    expect(timedOut).toHaveBeenCalledTimes(1);
  });

  test.each([-30_000, 30_000, 86_400_000])(
    "is settled as timed out in time even if the clock is set by %d ms",
    async (ms) => {
      watch(3_000);
      await clock.pass(1_000);
      clock.set(ms);
      await clock.pass(1_749);
      expect(timedOut).not.toHaveBeenCalled();
      await clock.pass(1);
      expect(timedOut).toHaveBeenCalledTimes(1);
    },
  );

  test("is no longer watched once it has ended", async () => {
    watch(3_000)();
    await clock.pass(3_000);
    expect(timedOut).not.toHaveBeenCalled();
  });
});

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
