import { beforeEach, describe, expect, it } from "vitest";
import { type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { type ScriptedFlusher, scriptedFlusher, status, systemError } from "./scripted-flusher.js";

let core: Core;
let clock: FakeClock;
let scripted: ScriptedFlusher;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
  scripted = await scriptedFlusher(core);
});

/** Opens the breaker by three failed flushes. */
async function openBreaker(): Promise<void> {
  scripted.next(status(400));
  for (let i = 0; i < 3; i++) await scripted.flushNew();
  expect(scripted.flusher.breaker.state).toBe("open");
  scripted.sent.length = 0;
}

describe("a breaker", () => {
  it("opens after three failures in a row", async () => {
    const { flusher, flushNew, next } = scripted;
    next(status(400), status(400), "succeeds", status(400));
    const states: string[] = [];
    for (let i = 0; i < 6; i++) {
      await flushNew();
      states.push(flusher.breaker.state);
    }
    expect(states).toEqual(["closed", "closed", "closed", "closed", "closed", "open"]);
  });

  it("pushes nothing and blocks nobody while it is open, and loses no data", async () => {
    await openBreaker();
    const { flusher, flushNew, sent, next } = scripted;
    next("succeeds");
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

  it("pauses for one second, and twice as long after each failed probe, up to a minute", async () => {
    await openBreaker();
    const { flusher, flushNew, sent, next } = scripted;
    // A closed breaker would allow a retry of this failure.
    next(systemError("ECONNREFUSED"));
    for (const pauseMs of [1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => s * 1_000)) {
      await clock.pass(pauseMs - 1);
      expect(flusher.breaker.state).toBe("open");
      await clock.pass(1);
      expect(flusher.breaker.state).toBe("half-open");
      sent.length = 0;
      await flushNew();
      // A probe is not retried.
      expect(sent).toHaveLength(1);
      expect(flusher.breaker.state).toBe("open");
    }
  });

  it("starts again with one second after a success", async () => {
    await openBreaker();
    await clock.pass(1_000);
    await scripted.flushNew();
    await clock.pass(2_000);
    scripted.next("succeeds");
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

  it("waits at most 50 ms for its probe, which goes on until the flush timeout", async () => {
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

  it("sends one probe at a time, and no other flush waits for it", async () => {
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

  it("closes if the answer comes late, and the next flush pushes the rest", async () => {
    const { flusher, flushNew, sent, next } = scripted;
    void flushNew();
    await clock.pass(600);
    sent[0]!.answer();
    await clock.pass(0);
    expect(flusher.breaker).toMatchObject({ state: "closed", failures: 0 });
    next("succeeds");
    await clock.pass(1_000);
    await flushNew();
    expect(flusher.pending).toBe(false);
  });

  it.each([
    ["whose time is up", 3_600_000],
    ["that has time left", 500],
  ])(
    "reads at the thaw an answer that arrived during the freeze, for a probe %s",
    async (_, frozenMs) => {
      const { flusher, flushNew, sent, next } = scripted;
      await Promise.all([flushNew(), clock.pass(50)]);
      clock.freeze(frozenMs);
      // The answer lies in the socket until the event loop runs again, with the next invocation.
      const flushed = flushNew();
      sent[0]!.answer();
      next("succeeds");
      await clock.pass(10);
      await flushed;
      expect(sent[0]!.signal.aborted).toBe(false);
      expect(flusher.breaker).toMatchObject({ state: "closed", failures: 0 });
    },
  );

  it("waits 10 ms at the thaw for a missing answer, and tries again later", async () => {
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

  it("a push has its full timeout, even after failures", async () => {
    const { flushNew, sent, next } = scripted;
    next("hangs");
    for (let i = 0; i < 3; i++) await Promise.all([flushNew(), clock.pass(1_000)]);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 1_000, 1_000]);
  });

  it("a flush waits for the whole probe", async () => {
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
  it("goes through an open breaker, with its full timeout and a retry", async () => {
    await openBreaker();
    const { flusher, flushNewFinally, sent, next } = scripted;
    next(systemError("ECONNRESET"), "succeeds");
    await flushNewFinally(Infinity);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 1_000]);
    expect(flusher.pending).toBe(false);
  });

  it("runs even if minFlushIntervalMs has not passed", async () => {
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

  it("supersedes a push that hangs, early enough for its own", async () => {
    const { flusher, flushNew, sent, next } = scripted;
    next("hangs", "succeeds");
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

  it("lets a push that has just started finish first", async () => {
    const { flusher, flushNew, sent, next } = scripted;
    next("hangs", "succeeds");
    void flushNew();
    await clock.pass(5);
    const last = flusher.flushFinally(Date.now() + 250);
    await clock.pass(30);
    sent[0]!.answer();
    await clock.pass(20);
    await last;
    // If it were aborted, the gateway could still apply it over the newer one.
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
