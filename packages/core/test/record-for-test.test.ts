import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, freshCore, textOf } from "./core.js";
import { startInstance } from "./fake-platform.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

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

  it("runs one at a time if the platform keeps only one invocation apart", async () => {
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

  it("runs several at once if the platform keeps them apart", async () => {
    collectWarnings();
    startInstance(core);
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
