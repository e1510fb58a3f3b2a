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

  it("gets what is set on it later, and sees what is set on the wrapper", async () => {
    const handler = Object.assign(
      async function (this: unknown) {
        return handler.route();
      },
      { route: (): string => "none" },
    );
    const wrapped = wrap(handler);
    const route = () => "registered later";
    wrapped.route = route;
    expect(wrapped.route).toBe(route);
    expect(handler.route).toBe(route);
    expect(await wrapped()).toBe("registered later");
    expect(wrapped).toBeInstanceOf(handler.constructor);
    expect(Object.keys(wrapped)).toEqual(["route"]);
    expect(succeeded()).toBe(1);
  });

  it("stays wrapped if one of its methods returns it, whatever `this` is", async () => {
    const used: unknown[] = [];
    const handler = Object.assign(async () => used, {
      use(more: unknown) {
        used.push(more);
        return handler;
      },
      itself(this: unknown) {
        return this;
      },
      size: (): number => used.length,
    });
    const wrapped = wrap(handler);
    expect(wrapped.use(1).use(2)).toBe(wrapped);
    const { use } = wrapped;
    expect(use(3)).toBe(wrapped);
    expect(wrapped.use).toBe(use);
    expect(wrapped.itself()).toBe(wrapped);
    expect(wrapped.size()).toBe(3);
    expect(await wrapped.use(4)()).toEqual([1, 2, 3, 4]);
    expect(await Reflect.apply(wrapped, undefined, [])).toBe(used);
    expect(await wrapped.bind(undefined)()).toBe(used);
    expect(wrapped.call).toBe(Function.prototype.call);
    expect(succeeded()).toBe(3);
  });

  it("has methods that are still what they were: classes, mocks, and those that cannot change", () => {
    class Router {
      static readonly kind = "router";
      readonly routes = [];
    }
    const fixed = () => undefined;
    const handler = Object.assign(async () => undefined, { Router, spied: vi.fn() });
    const wrapped = wrap(Object.defineProperty(handler, "fixed", { value: fixed }));
    expect(new wrapped.Router().routes).toEqual([]);
    expect(wrapped.Router.kind).toBe("router");
    wrapped.spied("seen");
    expect(wrapped.spied).toHaveBeenCalledWith("seen");
    expect(Reflect.get(wrapped, "fixed")).toBe(fixed);
  });

  it("is counted once if another tool's proxy is around it, or inside", async () => {
    const inside = wrap(new Proxy(async () => "fine", {}));
    expect(await inside()).toBe("fine");
    const outside = new Proxy(inside, {});
    expect(wrap(outside)).toBe(outside);
    expect(await outside()).toBe("fine");
    expect(succeeded()).toBe(2);
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

  it("stay bare, with one warning, if the object throws when it is changed", async () => {
    const warnings = collectWarnings();
    const handlers = new Proxy(
      { fetch: async () => "fine" },
      {
        defineProperty() {
          throw new Error("read only");
        },
      },
    );
    expect(wrapMethods(handlers)).toBe(handlers);
    expect(await wrapMethods(handlers).fetch()).toBe("fine");
    expect(warnings).toEqual(["prefreeze: recording failed: read only"]);
  });

  it("are replaced in the object itself, each observed with its own description", async () => {
    const queue = async () => "queue";
    const handlers = {
      fetch: async (request: string) => `answer to ${request}`,
      scheduled: async () => undefined,
      queue,
      other: 5,
    };
    expect(wrapMethods(handlers)).toBe(handlers);
    expect(await handlers.fetch("a")).toBe("answer to a");
    await handlers.scheduled();
    expect(handlers.queue).toBe(queue);
    expect(Object.keys(handlers)).toEqual(["fetch", "scheduled", "queue", "other"]);
    expect(succeeded()).toBe(1);
    expect(totalOf(core, 'faas_invocations_total{faas_trigger="timer"}')).toBe(1);
  });

  it.each([
    { enumerable: true, writable: true, configurable: true },
    { enumerable: false, writable: true, configurable: true },
    { enumerable: true, writable: false, configurable: true },
    { enumerable: true, writable: true, configurable: false },
  ])("keep their attributes: %j", async (attributes) => {
    const value = async () => "fine";
    const handlers = Object.defineProperty({} as { fetch: typeof value }, "fetch", {
      value,
      ...attributes,
    });
    expect(wrapMethods(handlers)).toBe(handlers);
    expect(Object.getOwnPropertyDescriptor(handlers, "fetch")).toEqual({
      value: expect.any(Function),
      ...attributes,
    });
    expect(await handlers.fetch()).toBe("fine");
    expect(succeeded()).toBe(1);
  });

  it("are called as the object's methods, with its private fields, if its class has them", async () => {
    class Handlers {
      #secret = "private";
      #read() {
        return this.#secret;
      }
      async fetch() {
        return this.#read();
      }
      queue() {
        return this.#read();
      }
    }
    const handlers = new Handlers();
    expect(wrapMethods(handlers)).toBe(handlers);
    expect(await handlers.fetch()).toBe("private");
    expect(handlers.queue()).toBe("private");
    const { fetch } = handlers;
    expect(await fetch()).toBe("private");
    const other = { fetch: handlers.fetch, queue: () => "other" };
    await expect(other.fetch()).rejects.toThrow(TypeError);
    expect(Object.keys(handlers)).toEqual([]);
    expect(await new Handlers().fetch()).toBe("private");
    expect(succeeded()).toBe(2);
  });

  it("can be replaced, by a spy or by another tool's wrapper", async () => {
    const handlers = wrapMethods({ fetch: async () => "fine", queue: async () => "queue" });
    const spy = vi.spyOn(handlers, "fetch");
    const queue = vi.spyOn(handlers, "queue").mockResolvedValue("mocked");
    expect(await handlers.fetch()).toBe("fine");
    expect(await handlers.queue()).toBe("mocked");
    expect(spy).toHaveBeenCalledTimes(1);
    expect(queue).toHaveBeenCalledTimes(1);
    expect(succeeded()).toBe(1);
  });

  it("belong to a copy if the object cannot be changed", async () => {
    class Handlers {
      #secret = "private";
      Class = Handlers;
      constant = 5;
      async fetch() {
        return this.#secret;
      }
      async queue() {
        return this.#secret;
      }
      chained() {
        return this;
      }
      get greeting() {
        return this.#secret;
      }
      set greeting(value) {
        this.#secret = value;
      }
    }
    const frozen = new Handlers();
    Object.freeze(frozen);
    const copy = wrapMethods(frozen);
    expect(copy).toBeInstanceOf(Handlers);
    expect(Object.keys(copy)).toEqual(Object.keys(frozen));
    expect(await copy.fetch()).toBe("private");
    copy.greeting = "changed";
    expect(copy.greeting).toBe("changed");
    const { queue } = copy;
    expect(await queue()).toBe("changed");
    expect(copy.chained()).toBe(copy);
    expect(copy.constant).toBe(5);
    expect(new copy.Class()).toBeInstanceOf(Handlers);
    // Another tool's wrapper replaces handlers, too.
    copy.queue = async () => "replaced";
    expect(await copy.queue()).toBe("replaced");
    expect(succeeded()).toBe(1);
  });

  it("may be those of a module, of an object that takes no properties, or of a getter", async () => {
    const module = await import("./fixtures/handlers.js");
    expect(await wrapMethods(module).fetch()).toBe("module");
    class Sealed {
      async fetch() {
        return "sealed";
      }
    }
    expect(await wrapMethods(Object.preventExtensions(new Sealed())).fetch()).toBe("sealed");
    const own = {
      get fetch() {
        return async () => "own getter";
      },
    };
    expect(await wrapMethods(own).fetch()).toBe("own getter");
    class Getter {
      get fetch() {
        return async () => "getter";
      }
    }
    expect(await wrapMethods(new Getter()).fetch()).toBe("getter");
    expect(succeeded()).toBe(4);
  });

  it("of an accessor are made when they are read, as they would be bare", async () => {
    class App {
      readonly #routes: string[] = [];
      route(name: string) {
        this.#routes.push(name);
        return this;
      }
      // Elysia's accessor puts what it has made in its place, too.
      get fetch(): () => Promise<string> {
        const routes = this.#routes.join();
        const value = async () => routes;
        Object.defineProperty(this, "fetch", { value, configurable: true, writable: true });
        return value;
      }
    }
    const app = wrapMethods(new App()).route("a").route("b");
    const { fetch } = app;
    expect(await fetch()).toBe("a,b");
    expect(app.fetch).toBe(fetch);
    expect(await app.route("c").fetch()).toBe("a,b");
    expect(succeeded()).toBe(2);
  });

  it("are counted once if they are wrapped again", async () => {
    const wrapped = wrapMethods(wrapMethods({ fetch: async () => "fine" }));
    expect(await wrapped.fetch()).toBe("fine");
    expect(succeeded()).toBe(1);
    const again = wrapMethods({ fetch: wrapped.fetch });
    expect(again.fetch).toBe(wrapped.fetch);
    const frozen = wrapMethods(Object.freeze({ ...wrapped }));
    expect(await frozen.fetch()).toBe("fine");
    expect(succeeded()).toBe(2);
  });

  it("may be one function by two names, each with its own description", async () => {
    const handler = async () => "fine";
    const wrapped = wrapMethods({ fetch: handler, scheduled: handler });
    await wrapped.fetch();
    await wrapped.scheduled();
    expect(succeeded()).toBe(1);
    expect(totalOf(core, 'faas_invocations_total{faas_trigger="timer"}')).toBe(1);
  });

  it("are not read unless the object has them, since a router's proxy has a function for any name", () => {
    const read: unknown[] = [];
    const router = Object.create(
      new Proxy({}, { get: (_, name) => (read.push(name), () => "route") }),
      { fetch: { value: async () => "fine", writable: true } },
    ) as { fetch(): Promise<string> };
    wrapMethods(router);
    expect(read).not.toContain("scheduled");
    expect(Object.getOwnPropertyNames(router)).toEqual(["fetch"]);
  });

  it("are all named if the object has none of them", () => {
    const call = () => descriptor();
    const described = { fetch: call, queue: call, email: call };
    expect(() => core.wrapMethods({}, () => instance, described)).toThrow(
      new TypeError("prefreeze: instrument() needs an object with fetch, queue or email"),
    );
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
