import { flushUntilMs } from "../src/flush/flush-until.js";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { scriptedFlusher, status, systemError } from "./scripted-push.js";

let core: Core;
let clock: FakeClock;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
});

describe("a push that failed", () => {
  it.each([
    ["was refused", systemError("ECONNREFUSED")],
    ["was reset", systemError("ECONNRESET")],
    ["was answered 429", status(429)],
    ["was answered 500", status(500)],
    ["was answered 503", status(503)],
  ])("because it %s is retried once", async (_, error) => {
    const { flusher, flushNew, sent, next, landed } = await scriptedFlusher(core);
    next(error, "lands");
    const took = clock.time(flushNew());
    await clock.pass(150);
    expect(took()).toBeLessThanOrEqual(100);
    expect(sent).toHaveLength(2);
    expect(flusher.pending).toBe(false);
    // One flush, which succeeded.
    expect(landed.mock.calls).toEqual([[expect.any(Number), undefined]]);
    expect(flusher.breaker.failures).toBe(0);
  });

  it("twice is left to the next flush", async () => {
    const { flusher, flushNew, sent, next } = await scriptedFlusher(core);
    next(systemError("ECONNREFUSED"));
    const took = clock.time(flushNew());
    await clock.pass(0);
    expect(took()).toBe(0);
    expect(sent).toHaveLength(2);
    expect(flusher.pending).toBe(true);
    expect(flusher.breaker.failures).toBe(1);
  });

  it.each([301, 400, 401, 403, 404, 408, 413])(
    "because it was answered %d is not retried",
    async (code) => {
      const { flusher, flushNew, sent, next } = await scriptedFlusher(core);
      next(status(code), "lands");
      const took = clock.time(flushNew());
      await clock.pass(0);
      expect(took()).toBe(0);
      expect(sent).toHaveLength(1);
      expect(flusher.breaker.failures).toBe(1);
    },
  );

  it("is retried after 50 to 100 ms if the gateway is overloaded, and at once if it is gone", async () => {
    for (const code of [429, 500]) {
      const { flushNew, sent, next } = await scriptedFlusher(core);
      next(status(code), "lands");
      void flushNew();
      await clock.pass(49);
      expect(sent).toHaveLength(1);
      await clock.pass(51);
      expect(sent).toHaveLength(2);
    }
  });

  it("is aborted, and retried with the newest totals in the time that is left", async () => {
    const { flusher, flushNew, sent, next } = await scriptedFlusher(core);
    next(status(503), "hangs");
    const took = clock.time(flushNew());
    await clock.pass(30);
    core.catalog.version += 5;
    await clock.pass(70);
    expect(sent.map(({ version }) => version)).toEqual([1, 6]);
    expect(sent.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(sent[1]!.timeoutMs).toBeLessThanOrEqual(950);
    sent[1]!.answer();
    await clock.pass(0);
    expect(took()).toBe(100);
    expect(flusher.pending).toBe(false);
  });

  it("late is not retried", async () => {
    const { flushNew, sent, next } = await scriptedFlusher(core);
    next("hangs");
    const took = clock.time(flushNew());
    await clock.pass(1_000);
    expect(took()).toBe(1_000);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.signal.aborted).toBe(true);
  });

  it("is not retried if the pause would take the rest of the time", async () => {
    const { flushNew, sent, next } = await scriptedFlusher(core, { flushTimeoutMs: 55 });
    next(status(503));
    const took = clock.time(flushNew());
    await clock.pass(0);
    expect(took()).toBe(0);
    expect(sent).toHaveLength(1);
  });

  it("is not retried if it was superseded during the pause", async () => {
    const { flushNew, flusher, sent, next } = await scriptedFlusher(core);
    const random = vi.spyOn(Math, "random").mockReturnValue(0.99);
    onTestFinished(() => random.mockRestore());
    next(status(503), "hangs");
    void flushNew();
    await clock.pass(1);
    const last = clock.time(flusher.flushFinally(Infinity));
    await clock.pass(200);
    expect(sent).toHaveLength(2);
    sent[1]!.answer();
    await clock.pass(0);
    expect(last()).toBe(200);
  });

  it("is not retried if a freeze during the pause took all the time", async () => {
    const { flushNew, flusher, sent, next } = await scriptedFlusher(core);
    next(status(503), "lands");
    const took = clock.time(flushNew());
    await clock.pass(1);
    clock.freeze(60_000);
    await clock.pass(200);
    expect(took()).toBeDefined();
    expect(sent).toHaveLength(1);
    expect(flusher.breaker.failures).toBe(1);
  });
});

describe("a flush", () => {
  it("waits a quarter as long after each failure in a row, and the whole timeout after a success", async () => {
    const { flushNew, sent, next } = await scriptedFlusher(core);
    const waits: (number | undefined)[] = [];
    const flushAndWait = async () => {
      const took = clock.time(flushNew());
      await clock.pass(1_000);
      waits.push(took());
    };
    next("hangs");
    await flushAndWait();
    await flushAndWait();
    await flushAndWait();
    expect(waits).toEqual([1_000, 250, 62]);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 250, 62.5]);
    next("lands", "hangs");
    // The breaker is open for a second.
    await clock.pass(1_000);
    await flushAndWait();
    await flushAndWait();
    expect(sent.at(-1)!.timeoutMs).toBe(1_000);
  });

  it("has at least 50 ms, but never more than its timeout", async () => {
    const timeoutsOf = async (flushTimeoutMs: number) => {
      const { flushNew, sent, next } = await scriptedFlusher(core, { flushTimeoutMs });
      next("hangs");
      for (let i = 0; i < 3; i++) {
        void flushNew();
        await clock.pass(1_000);
      }
      return sent.map(({ timeoutMs }) => timeoutMs);
    };
    expect(await timeoutsOf(160)).toEqual([160, 50, 50]);
    expect(await timeoutsOf(20)).toEqual([20, 20, 20]);
  });

  it("has the time until the deadline, less 100 ms", async () => {
    const { flushNew, sent, next } = await scriptedFlusher(core, { flushTimeoutMs: 5_000 });
    next("hangs");
    const took = clock.time(flushNew(flushUntilMs(Date.now() + 350)));
    await clock.pass(250);
    expect(took()).toBe(250);
    expect(sent[0]!.timeoutMs).toBe(250);
  });

  it("has nothing pending once everything is acknowledged, and not before", async () => {
    const { flusher, flushNew, sent, next } = await scriptedFlusher(core);
    next("hangs");
    void flushNew();
    await clock.pass(10);
    expect(flusher.pending).toBe(true);
    core.catalog.version += 1;
    sent[0]!.answer();
    await clock.pass(0);
    // This change came after the snapshot.
    expect(flusher.pending).toBe(true);
    next("lands");
    await flusher.flush();
    expect(flusher.pending).toBe(false);
  });
});
