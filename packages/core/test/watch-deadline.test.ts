import { beforeEach, describe, expect, test, vi } from "vitest";
import { watchDeadline } from "@prefreeze/core/adapter";
import { type FakeClock, fakeClock } from "./fake-clock.js";

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
