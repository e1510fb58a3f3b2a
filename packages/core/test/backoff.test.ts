import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";
import { type PushEnd, type ScriptedFlusher, scriptedFlusher, status } from "./scripted-push.js";

let core: Core;
let clock: FakeClock;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
});

/** Makes one flush that is answered after `tookMs`. */
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

/** Measures how long after the last push the next one is made, in steps of 50 ms. */
async function intervalOf({ flusher, sent, next }: ScriptedFlusher, departedMs: number) {
  const before = sent.length;
  next("lands");
  core.catalog.version += 1;
  for (;;) {
    await flusher.flush();
    if (sent.length > before) return Math.round((Date.now() - departedMs) / 50) * 50;
    await clock.pass(50);
  }
}

describe("the interval between pushes", () => {
  it.each([
    ["answers of more than 500 ms", "hangs", 501, 800],
    // Three would open the breaker.
    ["a second 429", status(429), 0, 200],
    ["a second 500", status(500), 0, 200],
    ["a second 503", status(503), 0, 200],
  ] as const)(
    "starts at 100 ms and doubles with each of %s",
    async (_, end, afterMs, intervalMs) => {
      const scripted = await scriptedFlusher(core, { flushTimeoutMs: 4_000 });
      let departedMs = 0;
      for (let ms = 100; ms <= intervalMs; ms *= 2) {
        await clock.pass(ms);
        departedMs = Date.now();
        await flushWith(scripted, end, afterMs);
      }
      expect(await intervalOf(scripted, departedMs)).toBe(intervalMs);
    },
  );

  it("doubles if the gateway succeeds only at the retry", async () => {
    const scripted = await scriptedFlusher(core);
    let departedMs = 0;
    for (let ms = 100; ms <= 1_600; ms *= 2) {
      await clock.pass(ms);
      departedMs = Date.now();
      scripted.next(status(429), "lands");
      const flushed = scripted.flushNew();
      await clock.pass(100);
      await flushed;
    }
    expect(await intervalOf(scripted, departedMs)).toBe(1_600);
  });

  it("is at most 15 s", async () => {
    const scripted = await scriptedFlusher(core);
    let departedMs = 0;
    for (let i = 0; i < 12; i++) {
      await clock.pass(15_000);
      departedMs = Date.now();
      await flushWith(scripted, "hangs", 600);
    }
    expect(await intervalOf(scripted, departedMs)).toBe(15_000);
  });

  it("halves with each answer within 250 ms until it is gone, and loses nothing meanwhile", async () => {
    const scripted = await scriptedFlusher(core);
    for (let ms = 100; ms <= 800; ms *= 2) {
      await clock.pass(ms);
      await flushWith(scripted, "hangs", 600);
    }
    const intervals: number[] = [];
    let departedMs = Date.now() - 700;
    for (let i = 0; i < 5; i++) {
      intervals.push(await intervalOf(scripted, departedMs));
      departedMs = Date.now();
      expect(scripted.flusher.pending).toBe(false);
    }
    expect(intervals).toEqual([800, 400, 200, 100, 0]);
  });

  it("does not change with slower answers, or without any answer", async () => {
    const scripted = await scriptedFlusher(core);
    for (let ms = 100; ms <= 1_600; ms *= 2) {
      await clock.pass(ms);
      await flushWith(scripted, "hangs", 600);
    }
    await clock.pass(1_600);
    await flushWith(scripted, "hangs", 300);
    await clock.pass(1_600);
    const departedMs = Date.now();
    await flushWith(scripted, new Error("reset"));
    expect(await intervalOf(scripted, departedMs)).toBe(1_600);
  });

  it("is zero while answers are quick", async () => {
    const { flushNew, sent } = await scriptedFlusher(core);
    for (let i = 0; i < 5; i++) await flushNew();
    expect(sent).toHaveLength(5);
  });

  it("is at least minFlushIntervalMs", async () => {
    const scripted = await scriptedFlusher(core, { minFlushIntervalMs: 2_000 });
    const departedMs = Date.now();
    await scripted.flushNew();
    expect(await intervalOf(scripted, departedMs)).toBe(2_000);
  });

  it.each([
    ["ten times as long as the last push took", 200, 2_000],
    ["15 s at the most", 2_000, 15_000],
  ])("is, with auto, %s", async (_, tookMs, intervalMs) => {
    const scripted = await scriptedFlusher(core, {
      minFlushIntervalMs: "auto",
      flushTimeoutMs: 5_000,
    });
    const departedMs = Date.now();
    await flushWith(scripted, "hangs", tookMs);
    expect(await intervalOf(scripted, departedMs)).toBe(intervalMs);
  });

  it("does not blame the gateway for a freeze", async () => {
    const scripted = await scriptedFlusher(core, { minFlushIntervalMs: "auto" });
    const { flushNew, sent, next } = scripted;
    next("hangs");
    const flushed = flushNew();
    clock.freeze(3_600_000);
    sent[0]!.answer();
    await clock.pass(0);
    await flushed;
    expect(scripted.landed.mock.calls[0]![0]).toBeLessThanOrEqual(1_000);
    expect(await intervalOf(scripted, Date.now())).toBeLessThanOrEqual(10_000);
  });
});

describe("minFlushIntervalMs", () => {
  const url = "http://127.0.0.1:9/";
  const settingsOf = (value: number | "auto", flushesAtEnd: boolean) =>
    startInstance(core, { url, minFlushIntervalMs: value }, { flushesAtEnd }).settings;

  it.each([0, 1, 60_000, "auto"] as const)(
    "may be %s if the platform announces shutdown",
    (value) => {
      const warnings = collectWarnings();
      expect(settingsOf(value, true).minFlushIntervalMs).toBe(value);
      expect(warnings).toEqual([]);
    },
  );

  it.each(["5000", "auto", "0"])("is read from the environment as %s", (value) => {
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
    "of %s is ignored with one warning if deferred totals would be lost",
    (value) => {
      const warnings = collectWarnings();
      expect(settingsOf(value, false).minFlushIntervalMs).toBe(0);
      settingsOf(value, false);
      expect(warnings).toEqual([
        "prefreeze: minFlushIntervalMs is ignored: this platform announces no shutdown, so deferred totals would be lost",
      ]);
    },
  );

  it("of 0 is the default, and gets no warning", () => {
    const warnings = collectWarnings();
    expect(settingsOf(0, false).minFlushIntervalMs).toBe(0);
    expect(warnings).toEqual([]);
  });
});
