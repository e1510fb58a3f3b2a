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
  // Read only if it is there: a router's proxy makes a function of any name that is read.
  const present = names.filter((name) => name in methods && methods[name]);
  if (present.length === 0) {
    const listed = names.join(", ").replace(/, (?=[^,]*$)/, " or ");
    throw new TypeError(`prefreeze: instrument() needs an object with ${listed}`);
  }
  const wrapIn = (object: Record<string, AnyHandler>) =>
    present.every((name) => {
      const own = Reflect.getOwnPropertyDescriptor(object, name);
      return Reflect.defineProperty(object, name, {
        value: wrap(object[name]!, instance, describe[name]!, object),
        // A method of a class is not enumerable either, so what spreads the object finds what it did before.
        enumerable: own?.enumerable ?? false,
        writable: own?.writable ?? true,
        configurable: own?.configurable ?? true,
      });
    });
  if (wrapIn(methods)) return handlers;
  const copy = boundCopy(methods);
  wrapIn(copy);
  return copy as typeof handlers;
};
