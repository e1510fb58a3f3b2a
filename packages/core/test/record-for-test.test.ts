import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Instance } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, textOf } from "./core.js";
import { descriptor, fakePlatform, startInstance } from "./fake-platform.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

afterEach(() => vi.restoreAllMocks());

describe("recorded()", () => {
  it("returns what the code recorded, and leaves the totals unchanged", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits.", labelNames: ["page"] });
    const sizes = core.histogram({ name: "size_bytes", help: "Sizes.", buckets: [1, 10] });
    const backlog = core.gauge({ name: "backlog", help: "Waiting." });
    const record = await core.recorded(async () => {
      hits.inc({ page: "a" });
      await Promise.resolve();
      hits.inc({ page: "b" }, 2);
      sizes.observe(0.5);
      sizes.observe(5);
      sizes.observe(50);
      backlog.inc(3);
    });
    expect(record.value("hits_total")).toBe(3);
    expect(record.value("hits_total", { page: "b" })).toBe(2);
    expect(record.value("size_bytes_count")).toBe(3);
    expect(record.value("size_bytes_sum")).toBe(55.5);
    expect(record.value("size_bytes_bucket", { le: 1 })).toBe(1);
    expect(record.value("size_bytes_bucket", { le: "10" })).toBe(2);
    expect(record.value("size_bytes_bucket", { le: "+Inf" })).toBe(3);
    expect(record.value("size_bytes_bucket", { le: Infinity })).toBe(3);
    expect(record.value("size_bytes_bucket", { le: 5 })).toBeUndefined();
    expect(record.value("size_bytes")).toBeUndefined();
    expect(record.value("backlog")).toBe(3);
    expect(record.value("other_total")).toBeUndefined();
    expect(record.series.find(({ name }) => name === "size_bytes")).toEqual({
      name: "size_bytes",
      type: "histogram",
      labels: {},
      value: 55.5,
      count: 3,
      buckets: new Map([
        [1, 1],
        [10, 2],
        [Infinity, 3],
      ]),
    });
    expect(record).toMatchObject({
      trigger: "other",
      outcome: "succeeded",
      coldStart: false,
      errorType: undefined,
    });
    expect(textOf(core)).toBe("");
  });

  it("accepts numbers as labels, as recordings do", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits.", labelNames: ["code"] });
    const record = await core.recorded(() => hits.inc({ code: 200 }));
    expect(record.value("hits_total", { code: 200 })).toBe(1);
    expect(record.value("hits_total", { code: "200" })).toBe(1);
    expect(record.value("hits_total", { code: 200, other: "" })).toBeUndefined();
  });

  it("runs the code as an invocation with the given trigger", async () => {
    const record = await core.recorded(
      () => {
        expect(core.currentInvocation()).toMatchObject({ id: "recorded", trigger: "timer" });
      },
      { trigger: "timer" },
    );
    expect(record.trigger).toBe("timer");
    expect(core.currentInvocation()).toBeUndefined();
  });

  it.each([
    ["async", () => Promise.reject(new RangeError("broken"))],
    [
      "sync",
      () => {
        throw new RangeError("broken");
      },
    ],
  ])("rethrows an error of %s code, and works again afterwards", async (_, code) => {
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    await expect(core.recorded(code)).rejects.toThrow(RangeError);
    expect((await core.recorded(() => hits.inc())).value("hits_total")).toBe(1);
    expect(core.invocations.running.size).toBe(0);
  });

  it("runs one at a time if the runtime has no AsyncLocalStorage", async () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const first = core.recorded(async () => {
      await Promise.resolve();
      hits.inc();
    });
    await expect(core.recorded(() => hits.inc())).rejects.toThrow(
      "await the first one before the next",
    );
    expect((await first).value("hits_total")).toBe(1);
  });

  it.each([true, false])("runs several at once; on a single-slot platform: %s", async (single) => {
    collectWarnings();
    startInstance(core, {}, single ? { store: core.singleSlot(core.invocations.running) } : {});
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const records = await Promise.all(
      [1, 2, 3].map(async (amount) =>
        core.recorded(async () => {
          await Promise.resolve();
          hits.inc(amount);
        }),
      ),
    );
    expect(records.map((record) => record.value("hits_total"))).toEqual([1, 2, 3]);
  });

  it("pushes nothing, even if the code calls flush()", async () => {
    let pushes = 0;
    startInstance(core, {
      url: "http://127.0.0.1:9",
      transport: async () => {
        pushes += 1;
        return { status: 200, body: "" };
      },
    });
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const record = await core.recorded(async () => {
      hits.inc();
      await core.currentInvocation()!.flush();
      hits.inc();
    });
    expect(record.value("hits_total")).toBe(2);
    expect(pushes).toBe(0);
    expect(textOf(core)).not.toContain("hits_total");
  });
});

describe("recorded() around a wrapped handler", () => {
  const ctx = {};
  const wrapped = <H extends (...args: never[]) => unknown>(handler: H, instance?: Instance) =>
    core.wrap(
      handler,
      () => instance,
      () =>
        descriptor({
          key: ctx,
          id: "request-1",
          failureIn: (result) => (result === 503 ? "503" : undefined),
          isAnswer: (thrown) => thrown === 303,
        }),
    );
  const places: readonly (readonly [string, () => Instance | undefined])[] = [
    ["outside its platform", () => undefined],
    ["on a platform that keeps invocations apart", () => startInstance(core)],
    [
      "on one that runs one invocation at a time",
      () => startInstance(core, {}, { store: core.singleSlot(core.invocations.running) }),
    ],
    [
      "on a runtime without AsyncLocalStorage",
      () => {
        vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
        return startInstance(core, {}, { store: core.singleSlot(core.invocations.running) });
      },
    ],
  ];

  describe.each(places)("%s", (_where, start) => {
    let instance: Instance | undefined;
    beforeEach(() => {
      collectWarnings();
      instance = start();
    });

    it("returns what the handler recorded, with its id and trigger, and leaves the totals unchanged", async () => {
      const hits = core.counter({ name: "hits_total", help: "Hits." });
      const handler = wrapped(async () => {
        await Promise.resolve();
        hits.inc();
        return "answer";
      }, instance);
      let answer: unknown;
      const record = await core.recorded(async () => {
        answer = await handler();
      });
      expect(answer).toBe("answer");
      expect(record.value("hits_total")).toBe(1);
      expect(record).toMatchObject({ id: "request-1", trigger: "http", outcome: "succeeded" });
      expect(textOf(core)).not.toContain("hits_total");
      expect(textOf(core)).not.toContain('faas_invocations_total{faas_trigger="http"} 1');
    });

    it("tells the handler's failure, by its result or by an error that the code catches", async () => {
      const hits = core.counter({ name: "hits_total", help: "Hits." });
      const answers = wrapped(() => 503, instance);
      expect(await core.recorded(() => answers())).toMatchObject({
        outcome: "failed",
        errorType: "503",
      });
      const throws = wrapped(async () => {
        hits.inc();
        throw new RangeError("broken");
      }, instance);
      const record = await core.recorded(() => expect(throws()).rejects.toThrow("broken"));
      expect(record).toMatchObject({ outcome: "failed", errorType: "RangeError" });
      expect(record.value("hits_total")).toBe(1);
    });

    it("tells that what the handler threw is its answer", async () => {
      const redirects = wrapped(() => Promise.reject(303), instance);
      const record = await core.recorded(() => expect(redirects()).rejects.toBe(303));
      expect(record).toMatchObject({ outcome: "succeeded", errorType: undefined });
    });

    it("tells the outcome of the outermost of several handlers", async () => {
      const inner = wrapped(() => 503, instance);
      const outer = wrapped(() => {
        inner();
        return 200;
      }, instance);
      expect((await core.recorded(() => outer())).outcome).toBe("succeeded");
    });

    it("runs a handler whose arguments are missing", async () => {
      const hits = core.counter({ name: "hits_total", help: "Hits." });
      const handler = core.wrap(
        (_event?: { readonly detail: string }) => hits.inc(),
        () => instance,
        ([event]) => descriptor({ id: event!.detail }),
      );
      expect((await core.recorded(() => handler())).value("hits_total")).toBe(1);
    });
  });

  it("keeps its store when the platform is set up inside it", async () => {
    collectWarnings();
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const handler = core.wrap(
      async () => {
        await Promise.resolve();
        hits.inc();
      },
      () => core.instanceOn(fakePlatform(), {}),
      () => descriptor(),
    );
    expect((await core.recorded(() => handler())).value("hits_total")).toBe(1);
  });
});
