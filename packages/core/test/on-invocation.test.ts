import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Instance, InvocationDescriptor } from "../src/adapter.js";
import type { InvocationRecord } from "../src/index.js";
import { collectWarnings, type Core, freshCore, totalOf } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";

let core: Core;
let instance: Instance;
let warnings: readonly string[];

beforeEach(async () => {
  core = await freshCore();
  warnings = collectWarnings();
  instance = startInstance(core, {
    url: "http://127.0.0.1:9",
    transport: async () => ({ status: 200, body: "" }),
  });
});

const observe = <R>(handler: () => R, differences: Partial<InvocationDescriptor> = {}): R =>
  core.observe(instance, () => descriptor(differences), handler);

describe("onInvocation()", () => {
  it("passes each invocation that has ended, with its recordings", async () => {
    const records: InvocationRecord[] = [];
    core.onInvocation((record) => records.push(record));
    const hits = core.counter({ name: "hits_total", help: "Hits.", labelNames: ["page"] });
    await observe(async () => hits.inc({ page: "a" }, 2), { id: "first", trigger: "pubsub" });
    await observe(() => Promise.reject(new RangeError("broken")), { id: "second" }).catch(
      () => undefined,
    );

    const [first, second] = records;
    expect(records).toHaveLength(2);
    expect(first).toMatchObject({
      id: "first",
      trigger: "pubsub",
      coldStart: true,
      outcome: "succeeded",
      errorType: undefined,
    });
    expect(first?.durationMs).toBeGreaterThan(0);
    expect(first?.value("hits_total", { page: "a" })).toBe(2);
    expect(first?.value("faas_invocations_total")).toBe(1);
    expect(first?.value("faas_coldstarts_total")).toBe(1);
    expect(second).toMatchObject({
      id: "second",
      coldStart: false,
      outcome: "failed",
      errorType: "RangeError",
    });
    expect(second?.value("hits_total")).toBeUndefined();
    expect(second?.value("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    expect(second?.value("faas_invoke_duration_seconds_count")).toBe(1);
  });

  it("stops when it is unsubscribed", async () => {
    const callback = vi.fn();
    const end = core.onInvocation(callback);
    await observe(async () => 1);
    end();
    end();
    await observe(async () => 1);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it("accepts the same callback twice, each with its own way to unsubscribe", async () => {
    const callback = vi.fn();
    const end = core.onInvocation(callback);
    core.onInvocation(callback);
    await observe(async () => 1);
    end();
    await observe(async () => 1);
    expect(callback).toHaveBeenCalledTimes(3);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("my mistake");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("my mistake"))],
    ["throws a value that throws on every access", () => Promise.reject(Object.create(null))],
  ])("warns once about a callback that %s, and nothing else is affected", async (_, callback) => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    try {
      const other = vi.fn();
      core.onInvocation(callback);
      core.onInvocation(other);
      expect(await observe(async () => "fine")).toBe("fine");
      expect(await observe(async () => "fine")).toBe("fine");
      await new Promise((resolve) => setImmediate(resolve));
      expect(other).toHaveBeenCalledTimes(2);
      expect(unhandled).not.toHaveBeenCalled();
      expect(warnings).toHaveLength(1);
      expect(totalOf(core, 'faas_invocations_total{faas_trigger="http"}')).toBe(2);
    } finally {
      process.off("unhandledRejection", unhandled);
    }
  });

  it("adds what a callback records to the totals, in time for the push", async () => {
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    core.onInvocation(() => hits.inc());
    await observe(async () => 1);
    expect(totalOf(core, "hits_total")).toBe(1);
  });
});
