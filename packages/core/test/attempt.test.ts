import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { scriptedFlusher, status, systemError } from "./scripted-flusher.js";

let core: Core;
let clock: FakeClock;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
});

describe("a push", () => {
  it.each([
    ["is refused", systemError("ECONNREFUSED")],
    ["is reset", systemError("ECONNRESET")],
    ["is answered 429", status(429)],
    ["is answered 500", status(500)],
    ["is answered 503", status(503)],
  ])("that %s is retried once", async (_, error) => {
    const { flusher, flushNew, sent, next, settled } = await scriptedFlusher(core);
    next(error, "succeeds");
    const took = clock.time(flushNew());
    await clock.pass(150);
    expect(took()).toBeLessThanOrEqual(100);
    expect(sent).toHaveLength(2);
    expect(flusher.pending).toBe(false);
    // Both count as one push, which succeeded.
    expect(settled.mock.calls).toEqual([[expect.any(Number), undefined]]);
    expect(flusher.breaker.failures).toBe(0);
  });

  it("whose retry fails, too, is left to the next flush", async () => {
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
    "that is answered %d is not retried",
    async (code) => {
      const { flusher, flushNew, sent, next } = await scriptedFlusher(core);
      next(status(code), "succeeds");
      const took = clock.time(flushNew());
      await clock.pass(0);
      expect(took()).toBe(0);
      expect(sent).toHaveLength(1);
      expect(flusher.breaker.failures).toBe(1);
    },
  );

  it("is retried after 50 to 100 ms if the gateway is overloaded, and at once if it cannot be reached", async () => {
    for (const code of [429, 500]) {
      const { flushNew, sent, next } = await scriptedFlusher(core);
      next(status(code), "succeeds");
      void flushNew();
      await clock.pass(49);
      expect(sent).toHaveLength(1);
      await clock.pass(51);
      expect(sent).toHaveLength(2);
    }
  });

  it("is retried with the newest totals, in the rest of its time, after the first attempt was aborted", async () => {
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

  it("that times out is not retried", async () => {
    const { flushNew, sent, next } = await scriptedFlusher(core);
    next("hangs");
    const took = clock.time(flushNew());
    await clock.pass(1_000);
    expect(took()).toBe(1_000);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.signal.aborted).toBe(true);
  });

  it("is not retried if the pause would take the rest of its time", async () => {
    const { flushNew, sent, next } = await scriptedFlusher(core, { flushTimeoutMs: 55 });
    next(status(503));
    const took = clock.time(flushNew());
    await clock.pass(0);
    expect(took()).toBe(0);
    expect(sent).toHaveLength(1);
  });

  it("is not retried if it is superseded during the pause", async () => {
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

  it("is not retried if a freeze during the pause used up its time", async () => {
    const { flushNew, flusher, sent, next } = await scriptedFlusher(core);
    next(status(503), "succeeds");
    const took = clock.time(flushNew());
    await clock.pass(1);
    clock.freeze(60_000);
    await clock.pass(200);
    expect(took()).toBeDefined();
    expect(sent).toHaveLength(1);
    expect(flusher.breaker.failures).toBe(1);
  });
});
