import { flushUntilMs } from "../src/flush/flush-until.js";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Flusher } from "../src/flush/flusher.js";
import type { Failure } from "../src/runtime/in-time.js";
import { collectWarnings, type Core, freshCore, totalOf, valueIn } from "./core.js";
import { fakeClock } from "./fake-clock.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { gate } from "../../../test/gate.js";
import { startReceiver } from "./receiver.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

/** The listener that `createFlusher` calls when a push has settled. */
type OnSettled = (durationMs: number, failure: Failure | undefined) => void;

/** Creates a flusher for the totals of `core`. */
async function flusherOf(
  push: (controller: AbortController) => Promise<void>,
  timeoutMs = 1_000,
  settled: OnSettled = () => undefined,
): Promise<Flusher> {
  const { createFlusher } = await import("../src/flush/flusher.js");
  return createFlusher(
    push,
    core.catalog,
    { flushTimeoutMs: timeoutMs, minFlushIntervalMs: 0 },
    true,
    settled,
  );
}

/** Makes the totals newer than the last push. */
function change(): void {
  core.catalog.version += 1;
}

async function durationOf(work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work;
  return performance.now() - startedMs;
}

const never = () => new Promise<never>(() => undefined);

describe("a flusher", () => {
  it("pushes what changed, and nothing if nothing changed", async () => {
    const push = vi.fn(() => Promise.resolve());
    const flusher = await flusherOf(push);
    change();
    await flusher.flush();
    await flusher.flush();
    expect(push).toHaveBeenCalledTimes(1);
    change();
    await flusher.flush();
    expect(push).toHaveBeenCalledTimes(2);
  });

  it("has one push in flight at a time, and the last one carries everything", async () => {
    let inFlight = 0;
    let mostInFlight = 0;
    const carried: number[] = [];
    const flusher = await flusherOf(async () => {
      carried.push(core.catalog.version);
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight -= 1;
    });
    const flushes: Promise<void>[] = [];
    const carriedWhenDone: boolean[] = [];
    for (let i = 0; i < 200; i++) {
      change();
      const wanted = core.catalog.version;
      flushes.push(
        flusher
          .flush()
          .then(() => void carriedWhenDone.push(carried.some((version) => version >= wanted))),
      );
      if (i === 100) await Promise.resolve();
    }
    await Promise.all(flushes);
    expect(mostInFlight).toBe(1);
    expect(carried.length).toBeLessThanOrEqual(3);
    expect(carried.at(-1)).toBe(core.catalog.version);
    expect(carriedWhenDone).toEqual(Array(200).fill(true));
  });

  it("reports each push with its duration and its failure", async () => {
    const settled = vi.fn<OnSettled>();
    const error = new Error("refused");
    const push = vi.fn(() => Promise.resolve());
    push.mockRejectedValueOnce(error).mockRejectedValueOnce(error);
    const flusher = await flusherOf(push, 1_000, settled);
    change();
    await flusher.flush();
    await flusher.flush();
    expect(settled.mock.calls).toEqual([
      [expect.any(Number), { error }],
      [expect.any(Number), undefined],
    ]);
    for (const [durationMs] of settled.mock.calls) expect(durationMs).toBeGreaterThanOrEqual(0);
  });

  it("does not push again for flushes that waited for a failed push", async () => {
    const { opened, open } = gate();
    const push = vi.fn(async () => {
      await opened;
      throw new Error("refused");
    });
    const flusher = await flusherOf(push);
    change();
    const flushes = [flusher.flush(), flusher.flush(), flusher.flush()];
    open();
    await Promise.all(flushes);
    // The one push and its retry.
    expect(push).toHaveBeenCalledTimes(2);
  });

  it("gives up at its timeout, aborts the push and reports why", async () => {
    const signals: AbortSignal[] = [];
    const settled = vi.fn<OnSettled>();
    const flusher = await flusherOf(
      ({ signal }) => {
        signals.push(signal);
        return never();
      },
      60,
      settled,
    );
    change();
    const waitedMs = await durationOf(flusher.flush());
    expect(waitedMs).toBeGreaterThanOrEqual(55);
    expect(waitedMs).toBeLessThan(1_000);
    expect(signals[0]?.aborted).toBe(true);
    expect(settled).toHaveBeenCalledTimes(1);
    expect(String(settled.mock.calls[0]?.[1]?.error)).toMatch(/^Error: no answer within \d+ ms$/);
  });

  it("is not blocked by a push that cannot be aborted", async () => {
    const settled = vi.fn<OnSettled>();
    const flusher = await flusherOf(
      (controller) => {
        controller.abort = () => {
          throw new Error("not by this request");
        };
        return never();
      },
      60,
      settled,
    );
    for (let i = 1; i <= 2; i++) {
      change();
      await expect(flusher.flush()).resolves.toBeUndefined();
      expect(settled).toHaveBeenCalledTimes(i);
    }
  });

  it("ends 100 ms before the function's deadline", async () => {
    const clock = fakeClock();
    const flusher = await flusherOf(never, 5_000);
    change();
    const took = clock.time(flusher.flush(flushUntilMs(Date.now() + 1_000)));
    await clock.pass(899);
    expect(took()).toBeUndefined();
    await clock.pass(1);
    expect(took()).toBe(900);
  });

  it.each([90, 0, -1_000])("does not push %d ms before its deadline", async (leftMs) => {
    const push = vi.fn(never);
    const flusher = await flusherOf(push, 5_000);
    change();
    expect(await durationOf(flusher.flush(flushUntilMs(Date.now() + leftMs)))).toBeLessThan(1_000);
    expect(push).not.toHaveBeenCalled();
  });

  it("waits for a push in flight no longer than its own deadline", async () => {
    const flusher = await flusherOf(never, 600);
    change();
    const patient = flusher.flush();
    change();
    expect(await durationOf(flusher.flush(flushUntilMs(Date.now() + 150)))).toBeLessThan(450);
    await patient;
  });

  it("gives each flush its own time if the gateway hangs", async () => {
    const clock = fakeClock();
    const push = vi.fn(never);
    const flusher = await flusherOf(push, 80);
    change();
    const first = clock.time(flusher.flush());
    await clock.pass(40);
    change();
    const second = clock.time(flusher.flush());
    await clock.pass(200);
    expect(first()).toBe(80);
    // It waits for the rest of the first push, then for its own, which is shorter after a failure.
    expect(second()).toBe(40 + 50);
    expect(push).toHaveBeenCalledTimes(2);
  });

  it("keeps working after a push that hung", async () => {
    const push = vi.fn(() => Promise.resolve());
    push.mockImplementationOnce(never);
    const flusher = await flusherOf(push, 30);
    change();
    await flusher.flush();
    await flusher.flush();
    expect(push).toHaveBeenCalledTimes(2);
    await flusher.flush();
    expect(push).toHaveBeenCalledTimes(2);
  });

  it.each([
    [
      "throws synchronously",
      () => {
        throw new Error("at once");
      },
    ],
    ["rejects with an error", () => Promise.reject(new Error("later"))],
    ["rejects with nothing", () => Promise.reject(undefined as never)],
    ["rejects with a text", () => Promise.reject("text")],
    [
      "rejects with something that cannot be converted to a string",
      () =>
        Promise.reject({
          get message() {
            throw new Error("no looking");
          },
        }),
    ],
    ["rejects with an object without prototype", () => Promise.reject(Object.create(null))],
  ])("never rejects if a transport %s", async (_, transport) => {
    const warnings = collectWarnings();
    const instance = startInstance(core, { url: "http://127.0.0.1:9", transport });
    await expect(instance.pusher!.flusher.flush()).resolves.toBeUndefined();
    expect(instance.pusher!.flusher.breaker.failures).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  it("never rejects, and leaves no timer, if other code has made a global unusable", async () => {
    fakeClock();
    const warnings = collectWarnings();
    const flusher = await flusherOf(() => Promise.resolve());
    change();
    // So it is on Node.js 20 if the global object is frozen.
    vi.stubGlobal("AbortController", function () {
      throw new TypeError("Cannot redefine property: AbortController");
    });
    await expect(flusher.flush()).resolves.toBeUndefined();
    await expect(flusher.flushFinally(Date.now() + 1_000)).resolves.toBeUndefined();
    vi.unstubAllGlobals();
    expect(vi.getTimerCount()).toBe(0);
    expect(warnings).toEqual([
      "prefreeze: recording failed: Cannot redefine property: AbortController",
    ]);
  });

  it("reports a rejection that is not an Error", async () => {
    const warnings = collectWarnings();
    const transport = () => Promise.reject("the vault is closed");
    const instance = startInstance(core, { url: "http://127.0.0.1:9", transport });
    await instance.pusher!.flusher.flush();
    expect(warnings[0]).toContain("failed: the vault is closed;");
  });
});

describe("a flusher whose snapshot cannot be written", () => {
  it("does not reject, and reports the error", async () => {
    const warnings = collectWarnings();
    const instance = startInstance(core, { url: "http://127.0.0.1:9" });
    core.catalog.sorted = undefined;
    vi.spyOn(core.catalog.metrics, "values").mockImplementation(() => {
      throw new Error("no metrics");
    });
    await expect(instance.pusher!.flusher.flush()).resolves.toBeUndefined();
    expect(warnings.join()).toContain("no metrics");
  });
});

describe("a flusher whose environment was frozen", () => {
  it("supersedes a push whose time is up even if no timer fired", async () => {
    // Only the clock advances, as on Workers, on which a request's timers end with it.
    const clock = fakeClock();
    const push = vi.fn(() => Promise.resolve());
    push.mockImplementationOnce(never);
    const flusher = await flusherOf(push, 1_000);
    change();
    void flusher.flush();
    clock.freeze(1_001);
    const superseding = flusher.flush();
    await clock.pass(10);
    await superseding;
    expect(push).toHaveBeenCalledTimes(2);
    await flusher.flush();
    expect(push).toHaveBeenCalledTimes(2);
  });

  it("ignores a superseded push that settles later", async () => {
    const clock = fakeClock();
    const first = gate();
    const second = gate();
    const push = vi.fn(() => second.opened);
    push.mockImplementationOnce(() => first.opened);
    const flusher = await flusherOf(push, 1_000);
    change();
    const superseded = flusher.flush();
    change();
    clock.freeze(1_001);
    const superseding = flusher.flush();
    await clock.pass(10);
    first.open();
    await superseded;
    // The second push is still in flight, so a third must not start beside it.
    const joined = flusher.flush();
    await Promise.resolve();
    expect(push).toHaveBeenCalledTimes(2);
    second.open();
    await Promise.all([superseding, joined]);
    expect(push).toHaveBeenCalledTimes(2);
  });
});

describe("the pushes of an instance", () => {
  const invoke = async (instance: ReturnType<typeof startInstance>) =>
    core.observe(
      instance,
      () => descriptor(),
      async () => "done",
    );

  it("carry everything even if 200 invocations end at once", async () => {
    const server = await startReceiver((response) => setTimeout(() => response.end(), 10));
    const instance = startInstance(core, { url: server.url });
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    await Promise.all(
      Array.from({ length: 200 }, async () =>
        core.observe(
          instance,
          () => descriptor(),
          async () => {
            await Promise.resolve();
            hits.inc();
          },
        ),
      ),
    );
    expect(server.received.length).toBeLessThanOrEqual(3);
    const last = server.received.at(-1)!.body.toString();
    expect(valueIn(last, "hits_total")).toBe(200);
    expect(valueIn(last, 'faas_invocations_total{faas_trigger="http"}')).toBe(200);
    expect(valueIn(last, "prefreeze_snapshot_sequence")).toBe(server.received.length);
  });

  it("are counted, and the next push carries the count", async () => {
    collectWarnings();
    const server = await startReceiver((response) =>
      response.writeHead(server.received.length === 1 ? 400 : 200).end(),
    );
    const instance = startInstance(core, { url: server.url });
    for (let i = 0; i < 3; i++) await invoke(instance);
    const bodies = server.received.map(({ body }) => body.toString());
    const read = (series: string) => bodies.map((body) => valueIn(body, series));
    expect(read('prefreeze_flushes_total{result="failure"}')).toEqual([0, 1, 1]);
    expect(read('prefreeze_flushes_total{result="success"}')).toEqual([0, 0, 1]);
    expect(read("prefreeze_flush_duration_seconds_count")).toEqual([0, 1, 2]);
    expect(read("prefreeze_snapshot_sequence")).toEqual([1, 2, 3]);
    expect(read('faas_invocations_total{faas_trigger="http"}')).toEqual([1, 2, 3]);
    expect(totalOf(core, "prefreeze_flush_duration_seconds_sum")).toBeGreaterThan(0);
  });

  it("log the first failure and the recovery once each, on one line", async () => {
    const warnings = collectWarnings();
    let status = 200;
    const server = await startReceiver((response) =>
      response.writeHead(status).end(status === 200 ? "" : "line one\nline two\n"),
    );
    const instance = startInstance(core, { url: server.url });
    for (const next of [200, 413, 400, 200, 200, 404, 200]) {
      status = next;
      await invoke(instance);
    }
    const working = `prefreeze: push to ${server.url}/ succeeded again`;
    expect(warnings).toEqual([
      `prefreeze: push to ${server.url}/ failed: HTTP 413: line one line two; lower maxSeries, or raise the limit of the gateway's proxy`,
      working,
      `prefreeze: push to ${server.url}/ failed: HTTP 404: line one line two; check the path in PUSHGATEWAY_URL`,
      working,
    ]);
    expect(instance.pusher!.flusher.breaker.failures).toBe(0);
  });

  it("log the reason if the gateway is unreachable", async () => {
    const warnings = collectWarnings();
    const instance = startInstance(core, { url: "http://127.0.0.1:9" });
    await invoke(instance);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/fetch failed: (bad port|.*ECONNREFUSED)/);
  });

  it("delay a function by no more than the timeout if the gateway hangs", async () => {
    collectWarnings();
    const server = await startReceiver(() => undefined);
    const instance = startInstance(core, { url: server.url, flushTimeoutMs: 80 });
    const waitedMs = await durationOf(invoke(instance));
    expect(waitedMs).toBeLessThan(900);
    expect(server.received).toHaveLength(1);
    expect(instance.pusher!.flusher.breaker.failures).toBe(1);
  });

  it("do not delay a function past its deadline", async () => {
    collectWarnings();
    const server = await startReceiver(() => undefined);
    const instance = startInstance(core, { url: server.url, flushTimeoutMs: 5_000 });
    const deadlineMs = Date.now() + 400;
    await core.observe(
      instance,
      () => descriptor({ deadlineMs }),
      async () => "done",
    );
    // The flusher leaves a margin; a busy machine may use up some of it.
    expect(Date.now()).toBeLessThan(deadlineMs + 1_000);
    expect(server.received).toHaveLength(1);
  });

  it("time out if the response headers never arrive", async () => {
    collectWarnings();
    const server = await startReceiver();
    const headers = vi.fn(() => Promise.resolve({ "x-key": "a" }));
    headers.mockImplementationOnce(never);
    const instance = startInstance(core, { url: server.url, flushTimeoutMs: 50, headers });
    await invoke(instance);
    expect(server.received).toHaveLength(0);
    await invoke(instance);
    expect(server.received).toHaveLength(1);
  });
});
