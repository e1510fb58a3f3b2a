import { beforeEach, describe, expect, it } from "vitest";
import { type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { type ScriptedFlusher, scriptedFlusher, status, systemError } from "./scripted-push.js";

let core: Core;
let clock: FakeClock;
let scripted: ScriptedFlusher;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
  scripted = await scriptedFlusher(core);
});

/** Opens the breaker: three flushes fail. */
async function openBreaker(): Promise<void> {
  scripted.next(status(400));
  for (let i = 0; i < 3; i++) await scripted.flushNew();
  expect(scripted.flusher.breaker.state).toBe("open");
  scripted.sent.length = 0;
}

describe("a breaker", () => {
  it("opens with the third failure in a row", async () => {
    const { flusher, flushNew, next } = scripted;
    next(status(400), status(400), "lands", status(400));
    const states: string[] = [];
    for (let i = 0; i < 6; i++) {
      await flushNew();
      states.push(flusher.breaker.state);
    }
    expect(states).toEqual(["closed", "closed", "closed", "closed", "closed", "open"]);
  });

  it("stops all pushes and waits while it is open, and loses nothing", async () => {
    await openBreaker();
    const { flusher, flushNew, sent, next } = scripted;
    next("lands");
    for (let i = 0; i < 9; i++) {
      const took = clock.time(flushNew());
      await clock.pass(0);
      expect(took()).toBe(0);
      await clock.pass(100);
    }
    expect(sent).toEqual([]);
    expect(flusher.pending).toBe(true);
    await clock.pass(100);
    await flushNew();
    expect(sent.map(({ version }) => version)).toEqual([core.catalog.version]);
    expect(flusher.pending).toBe(false);
    expect(flusher.breaker).toMatchObject({ state: "closed", failures: 0 });
  });

  it("pauses for a second, and twice as long after each failed probe, up to a minute", async () => {
    await openBreaker();
    const { flusher, flushNew, sent, next } = scripted;
    // Elsewhere, this failure is retried.
    next(systemError("ECONNREFUSED"));
    for (const pauseMs of [1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => s * 1_000)) {
      await clock.pass(pauseMs - 1);
      expect(flusher.breaker.state).toBe("open");
      await clock.pass(1);
      expect(flusher.breaker.state).toBe("half-open");
      sent.length = 0;
      await flushNew();
      // There is no retry.
      expect(sent).toHaveLength(1);
      expect(flusher.breaker.state).toBe("open");
    }
  });

  it("starts again with a pause of a second after a success", async () => {
    await openBreaker();
    await clock.pass(1_000);
    await scripted.flushNew();
    await clock.pass(2_000);
    scripted.next("lands");
    await scripted.flushNew();
    await openBreaker();
    await clock.pass(999);
    expect(scripted.flusher.breaker.state).toBe("open");
    await clock.pass(1);
    expect(scripted.flusher.breaker.state).toBe("half-open");
  });

  it("counts a flush and its retry as one failure", async () => {
    scripted.next(systemError("ECONNREFUSED"));
    await scripted.flushNew();
    await scripted.flushNew();
    expect(scripted.sent).toHaveLength(4);
    expect(scripted.flusher.breaker).toMatchObject({ state: "closed", failures: 2 });
  });
});

describe("a half-open breaker", () => {
  beforeEach(async () => {
    await openBreaker();
    await clock.pass(1_000);
    scripted.next("hangs");
  });

  it("waits at most 50 ms for its probe, which stays in flight for the flush timeout", async () => {
    const { flusher, flushNew, sent } = scripted;
    const took = clock.time(flushNew());
    await clock.pass(50);
    expect(took()).toBe(50);
    expect(sent[0]).toMatchObject({ timeoutMs: 1_000 });
    await clock.pass(949);
    expect(sent[0]!.signal.aborted).toBe(false);
    expect(flusher.breaker.state).toBe("half-open");
    await clock.pass(1);
    expect(sent[0]!.signal.aborted).toBe(true);
    expect(flusher.breaker).toMatchObject({ state: "open", failures: 4 });
  });

  it("has one probe at a time, and no other flush waits for it", async () => {
    const { flushNew, sent } = scripted;
    void flushNew();
    for (let i = 0; i < 5; i++) {
      const took = clock.time(flushNew());
      await clock.pass(0);
      expect(took()).toBe(0);
      await clock.pass(60);
    }
    expect(sent).toHaveLength(1);
  });

  it("closes when the answer is late, and the next flush pushes the rest", async () => {
    const { flusher, flushNew, sent, next } = scripted;
    void flushNew();
    await clock.pass(600);
    sent[0]!.answer();
    await clock.pass(0);
    expect(flusher.breaker).toMatchObject({ state: "closed", failures: 0 });
    next("lands");
    await clock.pass(1_000);
    await flushNew();
    expect(flusher.pending).toBe(false);
  });

  it.each([
    ["whose time is up", 3_600_000],
    ["with time left", 500],
  ])(
    "reads an answer that arrived in a freeze at the thaw, for a probe %s",
    async (_, frozenMs) => {
      const { flusher, flushNew, sent, next } = scripted;
      await Promise.all([flushNew(), clock.pass(50)]);
      clock.freeze(frozenMs);
      // It waits in the socket, and the event loop reads it when the next invocation runs.
      const flushed = flushNew();
      sent[0]!.answer();
      next("lands");
      await clock.pass(10);
      await flushed;
      expect(sent[0]!.signal.aborted).toBe(false);
      expect(flusher.breaker).toMatchObject({ state: "closed", failures: 0 });
    },
  );

  it("waits 10 ms at the thaw if there is no answer, and tries again later", async () => {
    const { flusher, flushNew, sent } = scripted;
    await Promise.all([flushNew(), clock.pass(50)]);
    clock.freeze(60_000);
    const took = clock.time(flushNew());
    await clock.pass(10);
    expect(took()).toBe(10);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.signal.aborted).toBe(true);
    expect(flusher.breaker).toMatchObject({ state: "open", failures: 4 });
  });
});

describe("on a platform that does not freeze", () => {
  beforeEach(async () => {
    scripted = await scriptedFlusher(core, {}, false);
  });

  it("a push has the whole timeout, even after failures", async () => {
    const { flushNew, sent, next } = scripted;
    next("hangs");
    for (let i = 0; i < 3; i++) await Promise.all([flushNew(), clock.pass(1_000)]);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 1_000, 1_000]);
  });

  it("a flush waits for a probe until its timeout", async () => {
    await openBreaker();
    await clock.pass(1_000);
    const { flusher, flushNew, sent, next } = scripted;
    next("hangs");
    const took = clock.time(flushNew());
    await clock.pass(900);
    expect(took()).toBeUndefined();
    sent[0]!.answer();
    await clock.pass(0);
    expect(took()).toBe(900);
    expect(flusher.breaker.state).toBe("closed");
  });
});

describe("the final flush", () => {
  it("ignores an open breaker, with the whole timeout and a retry", async () => {
    await openBreaker();
    const { flusher, flushNewFinally, sent, next } = scripted;
    next(systemError("ECONNRESET"), "lands");
    await flushNewFinally(Infinity);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 1_000]);
    expect(flusher.pending).toBe(false);
  });

  it("ignores the interval between pushes", async () => {
    const { flusher, flushNew, flushNewFinally, sent } = await scriptedFlusher(core, {
      minFlushIntervalMs: 5_000,
    });
    await flushNew();
    await flushNew();
    expect(sent).toHaveLength(1);
    await flushNewFinally(Infinity);
    expect(sent).toHaveLength(2);
    expect(flusher.pending).toBe(false);
  });

  it("pushes even if nothing changed", async () => {
    const { flusher, flushNew, sent } = scripted;
    await flushNew();
    await flusher.flushFinally(Infinity);
    expect(sent).toHaveLength(2);
  });

  it("supersedes a push that hangs, with time left for its own", async () => {
    const { flusher, flushNew, sent, next } = scripted;
    next("hangs", "lands");
    void flushNew();
    await clock.pass(20);
    core.catalog.version += 1;
    const took = clock.time(flusher.flushFinally(Date.now() + 250));
    await clock.pass(60);
    expect(took()).toBeLessThanOrEqual(60);
    expect(sent[0]!.signal.aborted).toBe(true);
    expect(sent[1]).toMatchObject({ version: core.catalog.version });
    expect(flusher.pending).toBe(false);
  });

  it("gives a push in flight a moment to succeed", async () => {
    const { flusher, flushNew, sent, next } = scripted;
    next("hangs", "lands");
    void flushNew();
    await clock.pass(5);
    const last = flusher.flushFinally(Date.now() + 250);
    await clock.pass(30);
    sent[0]!.answer();
    await clock.pass(20);
    await last;
    // If it were given up, it could be applied over the newer push.
    expect(sent[0]!.signal.aborted).toBe(false);
    expect(flusher.pending).toBe(false);
  });

  it("gives up at its deadline", async () => {
    const { flushNewFinally, sent, next } = scripted;
    next("hangs");
    const took = clock.time(flushNewFinally(Date.now() + 250));
    await clock.pass(250);
    expect(took()).toBe(250);
    expect(sent).toHaveLength(1);
  });
});

describe("a clock that is set back", () => {
  it("does not delay flushes to a working gateway", async () => {
    const { flushNew, sent } = scripted;
    await flushNew();
    clock.freeze(-3_600_000);
    await flushNew();
    expect(sent).toHaveLength(2);
  });

  it("does not keep a breaker open for longer", async () => {
    await openBreaker();
    clock.freeze(-3_600_000);
    scripted.next("lands");
    await scripted.flushNew();
    expect(scripted.flusher.pending).toBe(false);
  });
});
