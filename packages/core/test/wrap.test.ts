import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Instance } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, totalOf } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";

let core: Core;
let instance: Instance;

beforeEach(async () => {
  core = await freshCore();
  collectWarnings();
  instance = startInstance(core);
});

const wrap = <H extends (...args: never[]) => unknown>(handler: H): H =>
  core.wrap(
    handler,
    () => instance,
    () => descriptor(),
  );

const succeeded = () => totalOf(core, 'faas_invocations_total{faas_trigger="http"}');

describe("a wrapped function", () => {
  it("is called with `this` and all arguments", async () => {
    const handler = vi.fn(async function (this: unknown, ...args: unknown[]) {
      return [this, ...args];
    });
    const holder = { handler: wrap(handler as (...args: never[]) => Promise<unknown[]>) };
    const more = [1, "two", { three: 3 }, undefined] as never[];
    expect(await holder.handler(...more)).toEqual([holder, ...more]);
    expect(succeeded()).toBe(1);
  });

  it("describes each call by its arguments", async () => {
    const describeCall = vi.fn(() => descriptor());
    const handler = core.wrap(
      async (event: number) => event,
      () => instance,
      describeCall,
    );
    await handler(5);
    await handler(6);
    expect(describeCall.mock.calls).toEqual([[[5]], [[6]]]);
  });

  it("keeps its name and its properties, including symbols", () => {
    const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");
    const handler = Object.assign(async function checkout() {}, {
      config: { maxDuration: 5 },
      [streaming]: "response",
    });
    Object.defineProperty(handler, "hidden", { value: 1, enumerable: false });
    const wrapped = wrap(handler) as typeof handler & { hidden: number };
    expect(wrapped.name).toBe("checkout");
    expect(wrapped.config).toBe(handler.config);
    expect(wrapped[streaming]).toBe("response");
    expect(wrapped.hidden).toBe(1);
    expect(Object.keys(wrapped)).toEqual(["config"]);
  });

  it.each([
    [() => {}, 0],
    [(_event: unknown) => {}, 1],
    [(_event: unknown, _context: unknown) => {}, 2],
    [(_event: unknown, _context: unknown, _callback: unknown) => {}, 3],
    [(..._all: unknown[]) => {}, 0],
  ])("has as many parameters as the handler: %s", (handler, length) => {
    expect(wrap(handler as (...args: never[]) => void)).toHaveLength(length);
  });

  it("may be frozen, or written in sloppy-mode JavaScript", async () => {
    const frozen = Object.freeze(async () => "frozen");
    expect(await wrap(frozen)()).toBe("frozen");
    // oxlint-disable-next-line typescript/no-implied-eval -- modules are strict, and most CommonJS handlers are not
    const sloppy = new Function("event", "context", "callback", "return this") as () => unknown;
    expect(wrap(sloppy)()).toBe(globalThis);
    expect(succeeded()).toBe(2);
  });

  it("is returned as it is if it is wrapped again", async () => {
    const handler = wrap(async () => 1);
    expect(wrap(handler)).toBe(handler);
    await wrap(wrap(handler))();
    expect(succeeded()).toBe(1);
  });

  it("runs bare if there is no instance", async () => {
    const handler = core.wrap(
      async () => "bare",
      () => undefined,
      () => descriptor(),
    );
    expect(await handler()).toBe("bare");
    expect(succeeded()).toBeUndefined();
  });

  it("runs bare if the instance cannot be set up", async () => {
    const hostile = () => {
      throw new Error("no instance");
    };
    const handler = core.wrap(
      async () => "bare",
      hostile,
      () => descriptor(),
    );
    expect(await handler()).toBe("bare");
  });

  it.each([[undefined], [null], ["handler"], [{}], [5]])("cannot be %s", (handler) => {
    expect(() => wrap(handler as never)).toThrow(
      new TypeError("prefreeze: instrument() needs a handler function"),
    );
  });
});

describe("wrapped methods", () => {
  const wrapMethods = <T extends object>(handlers: T): T =>
    core.wrapMethods(handlers, () => instance, {
      fetch: () => descriptor(),
      scheduled: () => descriptor({ trigger: "timer" }),
    });

  it("are each observed with their own description, and other properties are unchanged", async () => {
    const handlers = {
      fetch: async (request: string) => `answer to ${request}`,
      scheduled: async () => undefined,
      queue: async () => "queue",
      other: 5,
    };
    const wrapped = wrapMethods(handlers);
    expect(await wrapped.fetch("a")).toBe("answer to a");
    await wrapped.scheduled();
    expect(await wrapped.queue()).toBe("queue");
    expect(wrapped.other).toBe(5);
    expect(succeeded()).toBe(1);
    expect(totalOf(core, 'faas_invocations_total{faas_trigger="timer"}')).toBe(1);
    expect(handlers.fetch).not.toBe(wrapped.fetch);
  });

  it("are called with the object itself as `this`, including its private fields", async () => {
    class Handlers {
      #secret = "private";
      async fetch() {
        return this.#secret;
      }
    }
    const handlers = new Handlers();
    const wrapped = wrapMethods(handlers);
    expect(await wrapped.fetch()).toBe("private");
    const { fetch } = wrapped;
    expect(await fetch()).toBe("private");
    expect(wrapped).toBeInstanceOf(Handlers);
  });

  it("may belong to an object that cannot be changed", async () => {
    const frozen = Object.freeze({ fetch: async () => "frozen" });
    expect(await wrapMethods(frozen).fetch()).toBe("frozen");
    const module = await import("./fixtures/handlers.js");
    expect(await wrapMethods(module).fetch()).toBe("module");
    class Getter {
      get fetch() {
        return async () => "getter";
      }
    }
    expect(await wrapMethods(new Getter()).fetch()).toBe("getter");
    expect(succeeded()).toBe(3);
  });

  it("are counted once if they are wrapped again", async () => {
    const wrapped = wrapMethods(wrapMethods({ fetch: async () => "fine" }));
    expect(await wrapped.fetch()).toBe("fine");
    expect(succeeded()).toBe(1);
  });

  it.each([[{}], [{ queue: () => undefined }], [undefined], [null], [5]])(
    "need at least one of the methods: %j",
    (handlers) => {
      expect(() => wrapMethods(handlers as object)).toThrow(
        new TypeError("prefreeze: instrument() needs an object with fetch or scheduled"),
      );
    },
  );
});
