import { flushUntilMs } from "../src/flush/flush-until.js";
import { beforeEach, describe, expect, it } from "vitest";
import { type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { scriptedFlusher } from "./scripted-flusher.js";

let core: Core;
let clock: FakeClock;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
});

describe("a flush", () => {
  it("waits a quarter as long after each failure in a row, and its full timeout after a success", async () => {
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
    next("succeeds", "hangs");
    // The breaker is open for one second.
    await clock.pass(1_000);
    await flushAndWait();
    await flushAndWait();
    expect(sent.at(-1)!.timeoutMs).toBe(1_000);
  });

  it("waits at least 50 ms, but never longer than its timeout", async () => {
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

  it("ends 100 ms before the deadline", async () => {
    const { flushNew, sent, next } = await scriptedFlusher(core, { flushTimeoutMs: 5_000 });
    next("hangs");
    const took = clock.time(flushNew(flushUntilMs(Date.now() + 350)));
    await clock.pass(250);
    expect(took()).toBe(250);
    expect(sent[0]!.timeoutMs).toBe(250);
  });

  it("leaves nothing pending once everything is acknowledged, and not before", async () => {
    const { flusher, flushNew, sent, next } = await scriptedFlusher(core);
    next("hangs");
    void flushNew();
    await clock.pass(10);
    expect(flusher.pending).toBe(true);
    core.catalog.version += 1;
    sent[0]!.answer();
    await clock.pass(0);
    // Something was recorded after the snapshot.
    expect(flusher.pending).toBe(true);
    next("succeeds");
    await flusher.flush();
    expect(flusher.pending).toBe(false);
  });
});
