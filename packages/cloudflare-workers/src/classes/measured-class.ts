import { guarded, guardedStart, observe } from "@prefreeze/core/adapter";
import { countedByClass } from "../runtime/class-contexts.js";
import { loadInvocationStore, workerInstance } from "../runtime/platform.js";
import type { WorkerOptions } from "../runtime/worker-options.js";
import { addsNothing } from "./adds-nothing.js";
import { baseOf, WRAPPERS } from "./base-of.js";
import { coverMethods } from "./cover-methods.js";
import { type Count, exposeBare, facadeOf } from "./facade.js";
import type { DescribeCall, Kind } from "./kind.js";

/** Any class, an abstract one too: the only constraint that every class meets. */
// oxlint-disable-next-line typescript/no-explicit-any -- parameters of unknown types have no other type
export type AnyClass = abstract new (...args: any[]) => object;

/** An own property of a measured class. */
const mark = Symbol.for("prefreeze/1/class");

/**
 * Makes a subclass whose objects are measured when the runtime calls them, and not when they call themselves.
 *
 * Its methods are those of the class behind proxies, and run with the same `this`, so private fields, `super`,
 * accessors and static members are the class's own. A class that is measured already is returned as it is.
 *
 * @throws TypeError if `Class` is no class of this kind
 */
export function measuredClass<C extends AnyClass>(Class: C, kind: Kind, options: WorkerOptions): C {
  const { extended } = kind;
  // A class that extends none of the runtime's classes may be a Durable Object all the same.
  if (!isClass(Class) || (baseOf(Class) ?? extended) !== extended)
    throw new TypeError(
      `prefreeze: ${WRAPPERS[extended]}() needs a class that extends ${extended}`,
    );
  if (Object.hasOwn(Class, mark)) return Class;
  return guardedStart(() => makeClass(Class, kind, options)) ?? Class;
}

function isClass(value: unknown): value is AnyClass {
  return typeof value === "function" && Object(value.prototype) === value.prototype;
}

function makeClass<C extends AnyClass>(Class: C, kind: Kind, options: WorkerOptions): C {
  loadInvocationStore();

  const eventNames = Object.keys(kind.events);
  const describe = (name: string): DescribeCall | undefined =>
    Object.hasOwn(kind.events, name) ? kind.events[name] : kind.rpc;
  const count: Count = (object, name, method, args) => {
    const { itself, env, ctx } = object;
    const run = () => Reflect.apply(method, itself, args);
    const describeCall = describe(name);
    if (!describeCall || object.busy) return run();
    object.busy = true;
    try {
      const instance = guarded(() => workerInstance(options, env, ctx));
      return observe(instance, () => describeCall({ args, env, ctx }), run);
    } finally {
      object.busy = false;
    }
  };

  const Base = Class as unknown as new (...args: unknown[]) => object;
  class Counted extends Base {
    constructor(...args: unknown[]) {
      super(...args);
      return guarded(() => exposed(this, new.target, args)) ?? this;
    }
  }
  const exposed = (itself: object, target: typeof Base, [ctx, env]: unknown[]): object => {
    countedByClass(ctx);
    const prototype = target.prototype as object;
    // Another wrapper may be a proxy in front of this class, which has the same prototype.
    if (addsNothing(prototype, Counted.prototype)) {
      // Another wrapper's constructor may have made an object of the class inside it.
      if (Reflect.getPrototypeOf(itself) === Base.prototype)
        Reflect.setPrototypeOf(itself, prototype);
      return facadeOf(itself, Counted.prototype, env, ctx, eventNames, count);
    }
    if (!Object.hasOwn(target, mark)) {
      // The constructor of a class that extends this one goes on with the object itself, so there is no facade.
      coverMethods(prototype, count);
      exposeBare(itself, env, ctx);
    }
    return itself;
  };
  for (const key of ["name", "length"]) {
    const property = Reflect.getOwnPropertyDescriptor(Class, key);
    if (property) Reflect.defineProperty(Counted, key, property);
  }
  Object.defineProperty(Counted, mark, { value: true });
  coverMethods(Counted.prototype, count);
  return Counted as unknown as C;
}
