import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";
import { type PushEnd, type ScriptedFlusher, scriptedFlusher, status } from "./scripted-flusher.js";

let core: Core;
let clock: FakeClock;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
});

/** Flushes once; the gateway answers after `afterMs`. */
async function flushWith(
  { flushNew, sent, next }: ScriptedFlusher,
  end: PushEnd,
  afterMs = 0,
): Promise<void> {
  next(end);
  const flushed = flushNew();
  await clock.pass(afterMs);
  sent.at(-1)!.answer();
  await clock.pass(100);
  await flushed;
}

/** The time from the last push to the next one, rounded to 50 ms. */
async function intervalOf({ flusher, sent, next }: ScriptedFlusher, pushedAtMs: number) {
  const before = sent.length;
  next("succeeds");
  core.catalog.version += 1;
  for (;;) {
    await flusher.flush();
    if (sent.length > before) return Math.round((performance.now() - pushedAtMs) / 50) * 50;
    await clock.pass(50);
  }
}

describe("the interval between pushes", () => {
  it.each([
    ["answer that takes longer than 500 ms", "hangs", 501, 800],
    // Three failures would open the breaker.
    ["push whose retry is answered 429", status(429), 0, 200],
    ["push whose retry is answered 500", status(500), 0, 200],
    ["push whose retry is answered 503", status(503), 0, 200],
  ] as const)("starts at 100 ms and doubles with each %s", async (_, end, afterMs, intervalMs) => {
    const scripted = await scriptedFlusher(core, { flushTimeoutMs: 4_000 });
    let pushedAtMs = 0;
    for (let ms = 100; ms <= intervalMs; ms *= 2) {
      await clock.pass(ms);
      pushedAtMs = performance.now();
      await flushWith(scripted, end, afterMs);
    }
    expect(await intervalOf(scripted, pushedAtMs)).toBe(intervalMs);
  });

  it("doubles if only the retry succeeds", async () => {
    const scripted = await scriptedFlusher(core);
    let pushedAtMs = 0;
    for (let ms = 100; ms <= 1_600; ms *= 2) {
      await clock.pass(ms);
      pushedAtMs = performance.now();
      scripted.next(status(429), "succeeds");
      const flushed = scripted.flushNew();
      await clock.pass(100);
      await flushed;
    }
    expect(await intervalOf(scripted, pushedAtMs)).toBe(1_600);
  });

  it("is at most 15 s", async () => {
    const scripted = await scriptedFlusher(core);
    let pushedAtMs = 0;
    for (let i = 0; i < 12; i++) {
      await clock.pass(15_000);
      pushedAtMs = performance.now();
      await flushWith(scripted, "hangs", 600);
    }
    expect(await intervalOf(scripted, pushedAtMs)).toBe(15_000);
  });

  it("halves with each answer faster than 250 ms, down to none, and loses no data meanwhile", async () => {
    const scripted = await scriptedFlusher(core);
    for (let ms = 100; ms <= 800; ms *= 2) {
      await clock.pass(ms);
      await flushWith(scripted, "hangs", 600);
    }
    const intervals: number[] = [];
    let pushedAtMs = performance.now() - 700;
    for (let i = 0; i < 5; i++) {
      intervals.push(await intervalOf(scripted, pushedAtMs));
      pushedAtMs = performance.now();
      expect(scripted.flusher.pending).toBe(false);
    }
    expect(intervals).toEqual([800, 400, 200, 100, 0]);
  });

  it("does not change if an answer takes 250 to 500 ms, or if there is none", async () => {
    const scripted = await scriptedFlusher(core);
    for (let ms = 100; ms <= 1_600; ms *= 2) {
      await clock.pass(ms);
      await flushWith(scripted, "hangs", 600);
    }
    await clock.pass(1_600);
    await flushWith(scripted, "hangs", 300);
    await clock.pass(1_600);
    const pushedAtMs = performance.now();
    await flushWith(scripted, new Error("reset"));
    expect(await intervalOf(scripted, pushedAtMs)).toBe(1_600);
  });

  it("is none if answers are fast", async () => {
    const { flushNew, sent } = await scriptedFlusher(core);
    for (let i = 0; i < 5; i++) await flushNew();
    expect(sent).toHaveLength(5);
  });

  it("is at least minFlushIntervalMs", async () => {
    const scripted = await scriptedFlusher(core, { minFlushIntervalMs: 2_000 });
    const pushedAtMs = performance.now();
    await scripted.flushNew();
    expect(await intervalOf(scripted, pushedAtMs)).toBe(2_000);
  });

  it.each([
    ["ten times as long as the last push took", 200, 2_000],
    ["at most 15 s", 2_000, 15_000],
  ])(`is, with minFlushIntervalMs "auto", %s`, async (_, tookMs, intervalMs) => {
    const scripted = await scriptedFlusher(core, {
      minFlushIntervalMs: "auto",
      flushTimeoutMs: 5_000,
    });
    const pushedAtMs = performance.now();
    await flushWith(scripted, "hangs", tookMs);
    expect(await intervalOf(scripted, pushedAtMs)).toBe(intervalMs);
  });

  it("does not count a freeze as time that the gateway took", async () => {
    const scripted = await scriptedFlusher(core, { minFlushIntervalMs: "auto" });
    const { flushNew, sent, next } = scripted;
    next("hangs");
    const flushed = flushNew();
    clock.freeze(3_600_000);
    sent[0]!.answer();
    await clock.pass(0);
    await flushed;
    expect(scripted.settled.mock.calls[0]![0]).toBeLessThanOrEqual(1_000);
    expect(await intervalOf(scripted, performance.now())).toBeLessThanOrEqual(10_000);
  });
});

describe("a freeze", () => {
  /** A push whose answer comes in the middle of a freeze, and is read at the thaw. */
  async function flushFrozen(scripted: ScriptedFlusher, frozenMs: number, awakeMs: number) {
    scripted.next("hangs");
    const flushed = scripted.flushNew();
    await clock.pass(awakeMs);
    clock.freeze(frozenMs);
    scripted.sent.at(-1)!.answer();
    await clock.pass(0);
    await flushed;
  }

  it.each([600, 900, 3_600_000])(
    "of %d ms during a push is no time that the gateway took",
    async (frozenMs) => {
      const scripted = await scriptedFlusher(core, { minFlushIntervalMs: "auto" });
      await flushFrozen(scripted, frozenMs, 20);
      const [[durationMs] = []] = scripted.settled.mock.calls;
      expect(durationMs).toBeGreaterThanOrEqual(20);
      expect(durationMs).toBeLessThanOrEqual(120);
      await clock.pass(1_200);
      scripted.next("succeeds");
      await scripted.flushNew();
      expect(scripted.sent).toHaveLength(2);
    },
  );

  it("does not lengthen the back-off", async () => {
    const scripted = await scriptedFlusher(core);
    for (let i = 0; i < 5; i++) await flushFrozen(scripted, 900, 20);
    expect(scripted.sent).toHaveLength(5);
    expect(await intervalOf(scripted, performance.now())).toBe(0);
  });

  it("does not hide that the gateway is slow", async () => {
    const scripted = await scriptedFlusher(core);
    await flushFrozen(scripted, 60_000, 620);
    expect(scripted.settled.mock.calls[0]![0]).toBeGreaterThanOrEqual(620);
  });
});

describe("minFlushIntervalMs", () => {
  const url = "http://127.0.0.1:9/";
  const settingsOf = (value: number | "auto", flushesAtEnd: boolean) =>
    startInstance(core, { url, minFlushIntervalMs: value }, { flushesAtEnd }).settings;

  it.each([0, 1, 60_000, "auto"] as const)(
    "may be %s if the platform flushes at shutdown",
    (value) => {
      const warnings = collectWarnings();
      expect(settingsOf(value, true).minFlushIntervalMs).toBe(value);
      expect(warnings).toEqual([]);
    },
  );

  it.each(["5000", "auto", "0"])("is read from the environment: %s", (value) => {
    const warnings = collectWarnings();
    const env = { PUSHGATEWAY_URL: url, PREFREEZE_MIN_FLUSH_INTERVAL_MS: value };
    const { settings } = startInstance(core, {}, { env, flushesAtEnd: true });
    expect(String(settings.minFlushIntervalMs)).toBe(value);
    expect(warnings).toEqual([]);
  });

  it.each([-1, 60_001, 1.5, NaN])("is ignored with a warning if it is %s", (value) => {
    const warnings = collectWarnings();
    expect(settingsOf(value, true).minFlushIntervalMs).toBe(0);
    expect(warnings).toEqual([expect.stringContaining("minFlushIntervalMs")]);
  });

  it.each([1, "auto"] as const)(
    "of %s is refused, with one warning, if the platform announces no shutdown",
    (value) => {
      const warnings = collectWarnings();
      expect(settingsOf(value, false).minFlushIntervalMs).toBe(0);
      settingsOf(value, false);
      expect(warnings).toEqual([
        "prefreeze: minFlushIntervalMs is ignored: this platform announces no shutdown",
      ]);
    },
  );

  it("of 0 equals the default and needs no warning", () => {
    const warnings = collectWarnings();
    expect(settingsOf(0, false).minFlushIntervalMs).toBe(0);
    expect(warnings).toEqual([]);
  });
});
