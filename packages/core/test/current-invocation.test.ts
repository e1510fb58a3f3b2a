import { beforeEach, describe, expect, it } from "vitest";
import type { CurrentInvocation } from "../src/index.js";
import type { Instance, InvocationDescriptor } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, totalOf, valueIn } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { type Receiver, startReceiver } from "./receiver.js";

let core: Core;
let server: Receiver;
let instance: Instance;

beforeEach(async () => {
  core = await freshCore();
  server = await startReceiver();
  instance = startInstance(core, { url: server.url });
});

const observe = <R>(handler: () => R, differences: Partial<InvocationDescriptor> = {}): R =>
  core.observe(instance, () => descriptor(differences), handler);

const pushed = (series: string) =>
  server.received.map(({ body }) => valueIn(body.toString(), series));

describe("the current invocation", () => {
  it("is undefined outside an invocation", () => {
    expect(core.currentInvocation()).toBeUndefined();
  });

  it("has its id, its trigger, and whether it is a cold start", async () => {
    const tell = async () => {
      const { id, trigger, coldStart } = core.currentInvocation()!;
      return { id, trigger, coldStart };
    };
    expect(await observe(tell, { id: "a", trigger: "pubsub" })).toEqual({
      id: "a",
      trigger: "pubsub",
      coldStart: true,
    });
    expect(await observe(tell, { id: "b" })).toEqual({
      id: "b",
      trigger: "http",
      coldStart: false,
    });
  });

  it("shows what it has recorded so far", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits.", labelNames: ["page"] });
    await observe(async () => {
      const { registry: before } = core.currentInvocation()!;
      hits.inc({ page: "a" });
      hits.inc({ page: "b" }, 2);
      const { registry } = core.currentInvocation()!;
      expect(before.series).toEqual([]);
      expect(registry.series).toEqual([
        { name: "hits_total", type: "counter", labels: { page: "a" }, value: 1 },
        { name: "hits_total", type: "counter", labels: { page: "b" }, value: 2 },
      ]);
      expect(registry.value("hits_total")).toBe(3);
      expect(registry.value("hits_total", { page: "b" })).toBe(2);
      expect(registry.value("hits_total", { page: "c" })).toBeUndefined();
    });
  });

  it("is undefined once it has ended, even for work that continues", async () => {
    let later: Promise<CurrentInvocation | undefined> | undefined;
    await observe(async () => {
      later = new Promise((resolve) => setTimeout(() => resolve(core.currentInvocation()), 20));
    });
    expect(await later).toBeUndefined();
  });
});

describe("flush() of the current invocation", () => {
  it("pushes what was recorded so far, and nothing is counted twice at the end", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const sizes = core.histogram({ name: "size_bytes", help: "Sizes.", buckets: [1] });
    const backlog = core.gauge({ name: "backlog", help: "Waiting." });
    await observe(async () => {
      hits.inc();
      sizes.observe(1);
      backlog.set(5);
      backlog.inc();
      await core.currentInvocation()!.flush();
      hits.inc(2);
      sizes.observe(2);
      backlog.dec(2);
      expect(core.currentInvocation()!.registry.value("hits_total")).toBe(3);
      expect(core.currentInvocation()!.registry.value("size_bytes_count")).toBe(2);
      expect(core.currentInvocation()!.registry.value("backlog")).toBe(4);
      await core.currentInvocation()!.flush();
      hits.inc(3);
    });
    expect(pushed("hits_total")).toEqual([1, 3, 6]);
    expect(pushed("size_bytes_count")).toEqual([1, 2, 2]);
    expect(pushed("backlog")).toEqual([6, 4, 4]);
    expect(pushed('faas_invocations_total{faas_trigger="http"}')).toEqual([
      undefined,
      undefined,
      1,
    ]);
    expect(totalOf(core, "hits_total")).toBe(6);
  });

  it("leaves the invocation's record complete", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const records: (number | undefined)[] = [];
    core.onInvocation((record) => records.push(record.value("hits_total")));
    await observe(async () => {
      hits.inc();
      await core.currentInvocation()!.flush();
      hits.inc();
    });
    await observe(async () => hits.inc(5));
    expect(records).toEqual([2, 5]);
  });

  it("pushes nothing if nothing is new", async () => {
    await observe(async () => {
      await core.currentInvocation()!.flush();
      await core.currentInvocation()!.flush();
    });
    // The first push carries the totals from before the invocation, the second its end.
    expect(server.received).toHaveLength(2);
  });

  it("completes even if its invocation ends meanwhile", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    let current: CurrentInvocation | undefined;
    await observe(async () => {
      current = core.currentInvocation();
    });
    hits.inc();
    await current!.flush();
    expect(pushed("hits_total")).toEqual([undefined, 1]);
    expect(totalOf(core, "hits_total")).toBe(1);
  });

  it("never rejects and never waits past the deadline of its invocation", async () => {
    collectWarnings();
    core = await freshCore();
    const hanging = await startReceiver(() => undefined);
    instance = startInstance(core, { url: hanging.url, flushTimeoutMs: 5_000 });
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    const deadlineMs = Date.now() + 400;
    await observe(
      async () => {
        hits.inc();
        await core.currentInvocation()!.flush();
        // A busy machine may use up some of the margin.
        expect(Date.now()).toBeLessThan(deadlineMs + 1_000);
      },
      { deadlineMs },
    );
    expect(hanging.received.length).toBeGreaterThan(0);
  });

  it("does nothing if no gateway is configured", async () => {
    collectWarnings();
    core = await freshCore();
    instance = startInstance(core);
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    await observe(async () => {
      hits.inc();
      await core.currentInvocation()!.flush();
      hits.inc();
    });
    expect(totalOf(core, "hits_total")).toBe(2);
    expect(server.received).toHaveLength(0);
  });
});
