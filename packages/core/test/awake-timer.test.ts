import { beforeEach, describe, expect, it, vi } from "vitest";
import { afterAwakeMs } from "../src/runtime/awake-timer.js";
import { inTime } from "../src/runtime/in-time.js";
import { gate } from "../../../test/gate.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";

let clock: FakeClock;

beforeEach(() => {
  clock = fakeClock();
});

describe("a timer that outlasts a freeze", () => {
  it("fires when the time is up", async () => {
    const act = vi.fn();
    afterAwakeMs(100, act, false);
    await clock.pass(99);
    expect(act).not.toHaveBeenCalled();
    await clock.pass(1);
    expect(act).toHaveBeenCalledTimes(1);
    await clock.pass(1_000);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it("never asks for a negative time, of which Node.js warns", async () => {
    const setTimer = vi.spyOn(globalThis, "setTimeout");
    const act = vi.fn();
    afterAwakeMs(-15, act, false);
    expect(setTimer.mock.calls.map(([, ms]) => ms)).toEqual([0]);
    await clock.pass(1);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it("waits 50 ms after a thaw, so that what arrived during the freeze is handled first", async () => {
    const act = vi.fn();
    afterAwakeMs(100, act, true);
    await clock.pass(99);
    clock.freeze(3_600_000);
    // The timer is due at the thaw.
    await clock.pass(1 + 49);
    expect(act).not.toHaveBeenCalled();
    await clock.pass(1);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["the environment is frozen again", 60_000],
    ["the event loop is busy in turns of 150 ms", 150],
    ["the event loop is busy in turns of 600 ms", 600],
  ])("waits those 50 ms once, even if %s", async (_, heldUpMs) => {
    const act = vi.fn();
    afterAwakeMs(100, act, true);
    for (const ms of [99, 49]) {
      await clock.pass(ms);
      clock.freeze(heldUpMs);
      expect(act).not.toHaveBeenCalled();
    }
    await clock.pass(1 + 1);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it("in the foreground, waits one turn of the event loop after it was held up", async () => {
    const act = vi.fn();
    afterAwakeMs(100, act, false);
    clock.freeze(60_000);
    await clock.pass(100);
    expect(act).not.toHaveBeenCalled();
    await clock.pass(1);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it.each([-30_000, 30_000, 86_400_000])(
    "waits its own length if the clock is set by %d ms",
    async (ms) => {
      const act = vi.fn();
      afterAwakeMs(100, act, false);
      await clock.pass(50);
      clock.set(ms);
      await clock.pass(49);
      expect(act).not.toHaveBeenCalled();
      await clock.pass(1);
      expect(act).toHaveBeenCalledTimes(1);
    },
  );

  it("can be cancelled before and after a freeze", async () => {
    const act = vi.fn();
    afterAwakeMs(100, act, true)();
    const cancel = afterAwakeMs(100, act, true);
    await clock.pass(99);
    clock.freeze(60_000);
    await clock.pass(10);
    cancel();
    await clock.pass(1_000);
    expect(act).not.toHaveBeenCalled();
  });
});

describe("inTime()", () => {
  it("takes work that finished during a freeze for done", async () => {
    const { opened, open } = gate();
    const failure = inTime(opened, 100, true);
    await clock.pass(99);
    clock.freeze(60_000);
    await clock.pass(20);
    open();
    expect(await failure).toBeUndefined();
  });

  it("reports why work failed or took too long", async () => {
    const failure = inTime(new Promise(() => undefined), 99.6, false);
    await clock.pass(100);
    expect(await failure).toEqual({ error: new Error("no answer within 100 ms") });
    const error = new Error("broken");
    expect(await inTime(Promise.reject(error), 100, false)).toEqual({ error });
    expect(vi.getTimerCount()).toBe(0);
  });
});
