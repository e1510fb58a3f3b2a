import { expect, it } from "vitest";
import { anotherCopy, collectWarnings, freshCore, totalOf } from "./core.js";
import { startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";

it("a copy of another version in the same process is left alone, and both count", async () => {
  const warnings = collectWarnings();
  const other = Symbol.for("prefreeze/1");
  const state = { metrics: "of another layout", store: undefined };
  Object.assign(globalThis, { [other]: state });
  try {
    await freshCore();
    const core = await anotherCopy();
    const server = await startReceiver();
    const instance = startInstance(core, { url: server.url });
    core.counter({ name: "orders_total", help: "Orders." }).inc();
    await instance.pusher!.flusher.flush();
    expect(totalOf(core, "orders_total")).toBe(1);
    expect(server.received).toHaveLength(1);
    expect(state).toEqual({ metrics: "of another layout", store: undefined });
    expect(warnings).toEqual([]);
  } finally {
    Reflect.deleteProperty(globalThis, other);
  }
});
