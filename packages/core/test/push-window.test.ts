import { beforeEach, describe, expect, it, vi } from "vitest";
import { createPushWindow } from "../src/flush/push-window.js";
import { type Core, freshCore } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { scriptedFlusher } from "./scripted-flusher.js";

const WINDOW_MS = 1_000;

let core: Core;
let clock: FakeClock;

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
});

/** A flusher whose requests share pushes, with a timeout of 5 s. */
const flusherWith = (longestMs = 28_000) =>
  scriptedFlusher(core, { flushTimeoutMs: 5_000 }, false, createPushWindow(WINDOW_MS, longestMs));

describe("with a window, a flush", () => {
  it("pushes in a moment if no push began within the window before it", async () => {
    const { flushNew, sent } = await flusherWith();
    const took = clock.time(flushNew());
    // The response goes first.
    expect(sent).toEqual([]);
    await clock.pass(1);
    expect(sent.length).toBe(1);
    expect(took()).toBeLessThanOrEqual(1);
    await clock.pass(WINDOW_MS);
    void flushNew();
    await clock.pass(1);
    expect(sent.length).toBe(2);
  });

  it("otherwise waits for its end, and shares one push with all others that do", async () => {
    const { flushNew, sent, flusher } = await flusherWith();
    void flushNew();
    await clock.pass(1);
    const flushes = [];
    for (let i = 0; i < 200; i++) {
      flushes.push(flushNew());
      await clock.pass(i % 5);
    }
    expect(sent.length).toBe(1);
    await clock.pass(WINDOW_MS);
    await Promise.all(flushes);
    expect(sent.map(({ version }) => version)).toEqual([1, 201]);
    expect(flusher.pending).toBe(false);
  });

  it("waits for no window if it is to push at once", async () => {
    const { flushNew, sent } = await flusherWith();
    void flushNew();
    await clock.pass(1);
    void flushNew(undefined, false, true);
    await clock.pass(1);
    expect(sent.map(({ version }) => version)).toEqual([1, 2]);
  });

  it("pushes nothing if another one has brought what it would bring", async () => {
    const { flushNew, sent } = await flusherWith();
    await Promise.all([flushNew(), flushNew(), clock.pass(1)]);
    expect(sent.map(({ version }) => version)).toEqual([2]);
  });

  it("waits no longer than the window if the clocks of requests differ", async () => {
    const { flushNew, sent } = await flusherWith();
    void flushNew();
    await clock.pass(1);
    const nowMs = performance.now.bind(performance);
    performance.now = () => nowMs() - 3_600_000;
    void flushNew();
    await clock.pass(WINDOW_MS);
    expect(sent.length).toBe(2);
  });

  it("waits until a gateway that is slow may be pushed to again", async () => {
    const { flushNew, sent, next } = await flusherWith();
    next("hangs");
    for (let pushes = 1; pushes <= 5; pushes++) {
      void flushNew();
      await clock.pass(WINDOW_MS);
      // The answer takes a second, so the interval doubles from 100 ms on.
      sent.at(-1)!.answer();
      await clock.pass(WINDOW_MS);
      expect(sent.length).toBe(pushes);
    }
    void flushNew();
    void flushNew();
    next("succeeds");
    await clock.pass(1_400);
    expect(sent.length).toBe(6);
    expect(sent[5]!.version).toBe(7);
  });

  it("waits on if the push under way shows that the gateway is slower still", async () => {
    const { flushNew, sent, next, flusher } = await flusherWith();
    next("hangs");
    // Each answer doubles the interval, from 100 ms to 3,200 ms.
    for (let pushes = 1; pushes <= 6; pushes++) {
      void flushNew();
      await clock.pass(4_000);
      expect(sent.length).toBe(pushes);
      sent.at(-1)!.answer();
      await clock.pass(1);
    }
    void flushNew();
    await clock.pass(1);
    expect(sent.length).toBe(7);
    // This one comes before the answer that makes the interval 6,400 ms.
    void flushNew();
    await clock.pass(600);
    next("succeeds");
    sent.at(-1)!.answer();
    await clock.pass(10_000);
    expect(sent.length).toBe(8);
    expect(flusher.pending).toBe(false);
  });

  it("ends when the runtime would end it, however many pushes it waits for", async () => {
    const { flushNew, sent, next } = await flusherWith(6_000);
    next("hangs");
    void flushNew();
    await clock.pass(500);
    const took = clock.time(flushNew());
    await clock.pass(10_000);
    expect(took()).toBe(6_000);
    // Its own push has what is left.
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([5_000, expect.closeTo(1_490, -2)]);
  });
});

describe("while eight flushes wait for the end of a window", () => {
  async function eightWaiting() {
    const scripted = await flusherWith();
    void scripted.flushNew();
    await clock.pass(100);
    const waiting = Array.from({ length: 8 }, (_, i) => {
      expect(scripted.flusher.isCovered(), `after ${i}`).toBe(false);
      return scripted.flushNew();
    });
    return { ...scripted, waiting };
  }

  it("others rely on them, and what these recorded is pushed", async () => {
    const { flusher, sent, waiting } = await eightWaiting();
    await clock.pass(500);
    core.catalog.version += 1;
    expect(flusher.isCovered()).toBe(true);
    await clock.pass(400);
    await Promise.all(waiting);
    expect(sent.map(({ version }) => version)).toEqual([1, 10]);
    // Nobody waits any more.
    core.catalog.version += 1;
    expect(flusher.isCovered()).toBe(false);
  });

  it("what others rely on is pushed although another push brought all else meanwhile", async () => {
    const { flusher, sent, waiting } = await eightWaiting();
    await flusher.flushFinally(Date.now() + 1_000);
    core.catalog.version += 1;
    expect(flusher.isCovered()).toBe(true);
    await clock.pass(1_000);
    await Promise.all(waiting);
    expect(sent.map(({ version }) => version)).toEqual([1, 9, 10]);
  });

  it("nobody relies on them for longer than the window, since their requests may have ended", async () => {
    const { flusher } = await eightWaiting();
    vi.clearAllTimers();
    await clock.pass(2 * WINDOW_MS);
    expect(flusher.isCovered()).toBe(false);
  });
});

describe("a push that is under way when its window is over", () => {
  it("is waited for as long as its request shows that it runs", async () => {
    const { flushNew, sent, next } = await flusherWith();
    next("hangs");
    void flushNew();
    await clock.pass(1);
    const took = clock.time(flushNew());
    await clock.pass(4_900);
    expect(sent.length).toBe(1);
    next("succeeds");
    await clock.pass(200);
    expect(sent.length).toBe(2);
    expect(took()).toBeGreaterThan(4_900);
  });

  it("is taken over by one of those that wait for it if its request has ended", async () => {
    const { flushNew, sent, next, settled, flusher } = await flusherWith();
    next("hangs", "succeeds");
    void flushNew();
    await clock.pass(1);
    // The timers of a request end with it.
    vi.clearAllTimers();
    const waiting = [flushNew(), flushNew(), flushNew()];
    await clock.pass(1_100);
    await Promise.all(waiting);
    expect(sent.map(({ version }) => version)).toEqual([1, 4]);
    expect(settled.mock.calls.map(([, failure]) => failure?.error)).toEqual([
      new Error("the request that pushed has ended"),
      undefined,
    ]);
    expect(flusher.pending).toBe(false);
  });

  it("is followed by that of another one if only its request may send nothing more", async () => {
    const { flushNew, sent, next, flusher } = await flusherWith();
    const limit = new Error("Too many subrequests by single Worker invocation.");
    // The push and its retry.
    next(limit, limit, "succeeds");
    await Promise.all([flushNew(), flushNew(), flushNew(), clock.pass(1)]);
    expect(sent.length).toBe(3);
    expect(flusher.pending).toBe(false);
  });

  it("is not tried by those that waited for it if it failed otherwise", async () => {
    const { flushNew, sent, next } = await flusherWith();
    next(new Error("connection lost"));
    await Promise.all([flushNew(), flushNew(), flushNew(), clock.pass(1)]);
    expect(sent.length).toBe(2);
  });

  it("counts as acknowledged if its answer arrives although it was taken over", async () => {
    const { flushNew, sent, next, settled } = await flusherWith();
    next("hangs");
    void flushNew();
    await clock.pass(1);
    vi.clearAllTimers();
    void flushNew();
    await clock.pass(1_100);
    expect(sent.length).toBe(2);
    sent[0]!.answer();
    await clock.pass(1);
    expect(settled).toHaveBeenCalledTimes(1);
    sent[1]!.answer();
    await clock.pass(1);
    expect(settled).toHaveBeenCalledTimes(2);
  });
});
