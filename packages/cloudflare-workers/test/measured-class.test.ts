import {
  instrumentDurableObject,
  instrumentEntrypoint,
  instrumentWorkflow,
} from "@prefreeze/cloudflare-workers";
import { describe, expect, test } from "vitest";

// The runtime's classes are known by their names.
class DurableObject {
  readonly runtime = "DurableObject";
}
class WorkerEntrypoint {
  readonly runtime = "WorkerEntrypoint";
}
class WorkflowEntrypoint {
  readonly runtime = "WorkflowEntrypoint";
}

const all = { DurableObject, WorkerEntrypoint, WorkflowEntrypoint };
type Wrapper = (Class: unknown) => unknown;

const wrappers: readonly (readonly [string, unknown, keyof typeof all])[] = [
  ["instrumentDurableObject", instrumentDurableObject, "DurableObject"],
  ["instrumentEntrypoint", instrumentEntrypoint, "WorkerEntrypoint"],
  ["instrumentWorkflow", instrumentWorkflow, "WorkflowEntrypoint"],
];
describe.each(wrappers)("%s()", (name, checked, base) => {
  const wrapper = checked as Wrapper;
  const message = `prefreeze: ${name}() needs a class that extends ${base}`;

  test.each([
    undefined,
    null,
    "text",
    {},
    { fetch: () => new Response() },
    () => undefined,
    new (class extends all[base] {})(),
  ])("refuses %s", (value) => {
    expect(() => wrapper(value)).toThrow(new TypeError(message));
  });

  test("refuses a class that extends another class of the runtime, at any level", () => {
    for (const [other, Class] of Object.entries(all)) {
      const Derived = class extends class extends Class {} {};
      if (other === base) expect(Object.getPrototypeOf(wrapper(Derived))).toBe(Derived);
      else expect(() => wrapper(Derived)).toThrow(new TypeError(message));
    }
  });

  test("returns a subclass with the same name, length and static members", () => {
    class Shop extends all[base] {
      static readonly plan = "pro";
      static #count = 0;
      readonly #args: readonly unknown[];
      constructor(ctx: unknown, env: unknown) {
        super();
        Shop.#count++;
        this.#args = [ctx, env];
      }
      static count() {
        return Shop.#count;
      }
      args() {
        return this.#args;
      }
    }
    const Measured = wrapper(Shop) as typeof Shop;
    expect(Measured).not.toBe(Shop);
    expect([Measured.name, Measured.length, Measured.plan]).toEqual(["Shop", 2, "pro"]);
    const shop = new Measured("ctx", "env");
    expect([Measured.count(), shop.args()]).toEqual([1, ["ctx", "env"]]);
    expect([shop instanceof Shop, shop instanceof Measured, shop.constructor]).toEqual([
      true,
      true,
      Measured,
    ]);
    expect(new Shop(1, 2)).not.toBeInstanceOf(Measured);
  });

  test("returns a class whose objects may be frozen, with handlers of their own", () => {
    class Shop extends all[base] {
      readonly fetch = () => "fetched";
      readonly run = () => "run";
      constructor() {
        super();
        Object.freeze(this);
      }
      plan() {
        return "pro";
      }
    }
    const shop = new (wrapper(Shop) as typeof Shop)();
    expect([shop.fetch(), shop.run(), shop.plan()]).toEqual(["fetched", "run", "pro"]);
  });

  test("leaves the class that it is given, and its prototype, as they are", () => {
    class Shop extends all[base] {
      fetch() {}
    }
    const before = [Object.getOwnPropertyDescriptors(Shop), Shop.prototype.fetch];
    const Measured = wrapper(Shop) as typeof Shop;
    expect([Object.getOwnPropertyDescriptors(Shop), Shop.prototype.fetch]).toEqual(before);
    expect(Object.getOwnPropertyNames(Measured.prototype)).toEqual(["constructor", "fetch"]);
    expect([Measured.prototype.fetch.name, Measured.prototype.fetch.length]).toEqual(["fetch", 0]);
  });

  test("returns a class that it made before", () => {
    const Measured = wrapper(class extends all[base] {});
    expect(wrapper(Measured)).toBe(Measured);
  });
});
