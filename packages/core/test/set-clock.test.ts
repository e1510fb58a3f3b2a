import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { flushUntilMs } from "../src/flush/flush-until.js";
import { collectWarnings, type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { scriptedFlusher, status, systemError } from "./scripted-flusher.js";

let core: Core;
let clock: FakeClock;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
});

/** Half a minute and three days, back and forth. */
const settings = [-30_000, 30_000, -259_200_000, 259_200_000];

describe.each(settings)("a clock that is set by %d ms", (setMs) => {
  it("between two tries of a push does not hold the answer for longer", async () => {
    const { flushNew, next } = await scriptedFlusher(core);
    next(status(503), "hangs");
    const took = clock.time(flushNew());
    await clock.pass(10);
    clock.set(setMs);
    await clock.pass(1_000);
    expect(took()).toBe(1_000);
  });

  it("during a push does not hold those who wait for it for longer", async () => {
    const { flushNew, next } = await scriptedFlusher(core);
    next("hangs");
    const first = clock.time(flushNew());
    await clock.pass(10);
    const second = clock.time(flushNew());
    clock.set(setMs);
    await clock.pass(2_000);
    expect(first()).toBe(1_000);
    // The rest of the first push, and its own, which is shorter after a failure.
    expect(second()).toBe(990 + 250);
  });

  it("during an invocation does not hold its answer past its deadline", async () => {
    collectWarnings();
    const instance = startInstance(
      core,
      { url: "http://gateway.test:9091", flushTimeoutMs: 30_000 },
      { transport: () => new Promise(() => undefined) },
    );
    const took = clock.time(
      core.observe(
        instance,
        () => descriptor({ deadlineMs: Date.now() + 3_000 }),
        async () => {
          await clock.pass(500);
          clock.set(setMs);
        },
      ),
    );
    await clock.pass(500);
    await clock.pass(3_000);
    expect(took()).toBe(2_900);
  });

  it("does not delay a flush to a working gateway", async () => {
    const { flushNew, sent } = await scriptedFlusher(core);
    await flushNew();
    clock.set(setMs);
    await flushNew();
    expect(sent).toHaveLength(2);
  });

  it("does not keep the breaker open for longer", async () => {
    const { flushNew, flusher, next } = await scriptedFlusher(core);
    next(systemError("ECONNREFUSED"));
    for (let i = 0; i < 3; i++) await flushNew();
    clock.set(setMs);
    await clock.pass(1_000);
    expect(flusher.breaker.state).toBe("half-open");
  });

  it("does not lengthen the interval between pushes", async () => {
    const { flushNew, sent } = await scriptedFlusher(core, { minFlushIntervalMs: 2_000 });
    await flushNew();
    clock.set(setMs);
    await clock.pass(2_000);
    await flushNew();
    expect(sent).toHaveLength(2);
  });

  it("is no time that the gateway took", async () => {
    const { flushNew, sent, next, settled } = await scriptedFlusher(core, {}, false);
    next("hangs");
    const flushed = flushNew();
    await clock.pass(20);
    clock.set(setMs);
    sent[0]!.answer();
    await flushed;
    expect(settled.mock.calls).toEqual([[20, undefined]]);
  });
});

it("whatever happens to the clock, no flush waits longer than its own time and that of the push before", async () => {
  const happening = fc.oneof(
    fc.record({ passMs: fc.integer({ min: 0, max: 700 }) }),
    fc.record({ setMs: fc.integer({ min: -1e9, max: 1e9 }) }),
    fc.record({ flushWithinMs: fc.option(fc.integer({ min: 150, max: 5_000 })) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(fc.constantFrom("succeeds", "hangs", status(503), systemError("ECONNRESET")), {
        minLength: 1,
      }),
      fc.array(happening, { maxLength: 30 }),
      async (freezes, ends, happenings) => {
        const { flushNew, next } = await scriptedFlusher(core, {}, freezes);
        next(...(ends as Parameters<typeof next>));
        const flushes: { took: () => number | undefined; withinMs: number }[] = [];
        for (const it of happenings) {
          if ("passMs" in it) await clock.pass(it.passMs);
          else if ("setMs" in it) clock.set(it.setMs);
          else {
            const { flushWithinMs: ms } = it;
            const untilMs = ms === null ? undefined : flushUntilMs(Date.now() + ms);
            flushes.push({
              took: clock.time(flushNew(untilMs)),
              withinMs: Math.min(2_001, ms ?? Infinity),
            });
          }
        }
        await clock.pass(3_000);
        for (const { took, withinMs } of flushes) expect(took()).toBeLessThanOrEqual(withinMs);
      },
    ),
    { numRuns: 200 },
  );
});
