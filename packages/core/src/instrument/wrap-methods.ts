import type { Instance } from "../instance/instance.js";
import { guardedStart } from "../runtime/guarded.js";
import { boundCopy } from "./bound-copy.js";
import type { InvocationDescriptor } from "./descriptor.js";
import { type AnyHandler, wrap } from "./wrap.js";

type Arguments = readonly unknown[];

/**
 * Wraps methods of an object of handlers in place. They become its own properties; nothing else changes.
 *
 * @param describe by the name of the method; methods that the object lacks are left out
 * @returns the object itself; if it cannot be changed, a copy of it. An object that throws stays bare
 * @throws TypeError if the object has none of the methods
 */
export function wrapMethods<T extends object>(
  handlers: T,
  instance: (args: Arguments) => Instance | undefined,
  describe: Readonly<Record<string, (args: Arguments) => InvocationDescriptor>>,
): T {
  return guardedStart(() => replaceMethods(handlers, instance, describe)) ?? handlers;
}

const replaceMethods: typeof wrapMethods = (handlers, instance, describe) => {
  const methods = Object(handlers) as Record<string, AnyHandler>;
  const names = Object.keys(describe);
  const present = names.filter((name) => hasHandler(methods, name));
  if (present.length === 0) {
    const listed = names.join(", ").replace(/, (?=[^,]*$)/, " or ");
    throw new TypeError(`prefreeze: instrument() needs an object with ${listed}`);
  }
  const wrapIn = (object: Record<string, AnyHandler>) =>
    present.every((name) => {
      const wrapped = (method: AnyHandler) => wrap(method, instance, describe[name]!, object);
      const accessor = accessorOf(object, name);
      const own = Reflect.getOwnPropertyDescriptor(object, name);
      return Reflect.defineProperty(object, name, {
        ...(accessor
          ? wrappedAccessor(object, name, accessor, wrapped)
          : { value: wrapped(object[name]!), writable: own?.writable ?? true }),
        // A method of a class is not enumerable either, so what spreads the object finds what it did before.
        enumerable: own?.enumerable ?? false,
        configurable: own?.configurable ?? true,
      });
    });
  if (wrapIn(methods)) return handlers;
  const copy = boundCopy(methods);
  wrapIn(copy);
  return copy as typeof handlers;
};

/**
 * Whether an object has a handler of this name: a function, or an accessor, which is not read for that. What other code
 * has put on every object is none of its handlers.
 */
export function hasHandler(object: object, name: string): boolean {
  // Read only if it is there: a router's proxy makes a function of any name that is read.
  if (!(name in object)) return false;
  const accessor = accessorOf(object, name);
  if (accessor) return accessor.get !== accessorOf(Object.prototype, name)?.get;
  const method: unknown = Reflect.get(object, name);
  return typeof method === "function" && method !== Reflect.get(Object.prototype, name);
}

function accessorOf(object: object, name: string): PropertyDescriptor | undefined {
  let from: object | null = object;
  while (from && !Object.hasOwn(from, name)) from = Reflect.getPrototypeOf(from);
  const property = from ? Reflect.getOwnPropertyDescriptor(from, name) : undefined;
  return property?.get && property;
}

/** What an accessor gives is wrapped when it is read: an app makes its method of the routes that it has by then. */
function wrappedAccessor(
  object: object,
  name: string,
  accessor: PropertyDescriptor,
  wrapped: (method: AnyHandler) => AnyHandler,
): PropertyDescriptor {
  const given = new WeakMap<AnyHandler, AnyHandler>();
  const give = (method: unknown): unknown => {
    if (typeof method !== "function") return method;
    const known = given.get(method as AnyHandler) ?? wrapped(method as AnyHandler);
    given.set(method as AnyHandler, known);
    return known;
  };
  return {
    get() {
      const method: unknown = accessor.get!.call(object);
      const left = Reflect.getOwnPropertyDescriptor(object, name);
      // Some accessors put what they have made in their place.
      if (left && "value" in left)
        Reflect.defineProperty(object, name, { ...left, value: give(left.value) });
      return give(method);
    },
    ...(accessor.set && { set: (value: unknown) => accessor.set!.call(object, value) }),
  };
}
