import type { WorkerOptions } from "../runtime/worker-options.js";
import { guarded, type InvocationDescriptor, observe } from "@prefreeze/core/adapter";
import { loadInvocationStore, workerInstance } from "../runtime/platform.js";
import { coverMethods } from "./cover-methods.js";
import { type Count, exposeBare, facadeOf } from "./facade.js";

/** Any class, an abstract one too: the only constraint that every class meets. */
// oxlint-disable-next-line typescript/no-explicit-any -- parameters of unknown types have no other type
export type AnyClass = abstract new (...args: any[]) => object;

/** Describes a call as a handler with these arguments: `(event, env, ctx)`. */
export type DescribeCall = (args: readonly unknown[]) => InvocationDescriptor;

/** How the methods of one kind of class are measured. */
export interface Kind {
  /** By the name of the method: what the runtime calls for an event. */
  readonly events: Readonly<Record<string, DescribeCall | undefined>>;
  /** All other methods, which callers elsewhere call; undefined if they stay as they are. */
  readonly rpc: DescribeCall | undefined;
}

/** Own properties of a measured class and of its prototype. */
const mark = Symbol.for("prefreeze/1/class");

/**
 * Makes a subclass whose objects are measured when the runtime calls them, and not when they call themselves.
 *
 * Its methods are those of the class behind proxies, and run with the same `this`, so private fields, `super`,
 * accessors and static members are the class's own. A class that is measured already is returned as it is.
 */
export function measuredClass<C extends AnyClass>(Class: C, kind: Kind, options: WorkerOptions): C {
  if (Object.hasOwn(Class, mark)) return Class;
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
      return observe(instance, () => describeCall([args[0], env, ctx]), run);
    } finally {
      object.busy = false;
    }
  };
  const Base = Class as unknown as new (...args: unknown[]) => object;
  class Counted extends Base {
    constructor(...args: unknown[]) {
      super(...args);
      return exposed(this, new.target, args);
    }
  }
  const exposed = (itself: object, target: typeof Base, [ctx, env]: unknown[]): object => {
    if (target === Counted) {
      // Another wrapper's constructor may have made an object of the class inside it.
      if (Reflect.getPrototypeOf(itself) === Base.prototype)
        Reflect.setPrototypeOf(itself, Counted.prototype);
      return facadeOf(itself, env, ctx, eventNames, count);
    }
    if (!Object.hasOwn(target, mark)) {
      // The constructor of a class that extends this one goes on with the object itself, so there is no facade.
      coverMethods(target.prototype as object, count);
      exposeBare(itself, env, ctx);
    }
    return itself;
  };
  for (const key of ["name", "length"] as const)
    Object.defineProperty(Counted, key, Reflect.getOwnPropertyDescriptor(Class, key)!);
  Object.defineProperty(Counted, mark, { value: true });
  coverMethods(Counted.prototype, count);
  return Counted as unknown as C;
}
