import { guarded } from "../runtime/guarded.js";
import type { Instance } from "../instance/instance.js";
import type { InvocationDescriptor } from "./descriptor.js";
import { observe } from "./observe.js";

/** Any function: the only constraint that every handler meets. */
// oxlint-disable-next-line typescript/no-explicit-any -- parameters of unknown types have no other type
export type AnyHandler = (...args: any[]) => any;

const wrapped = Symbol.for("prefreeze/1/wrapped");

/**
 * Wraps a handler so that each of its calls is observed. A handler that is wrapped already is returned as
 * it is.
 *
 * What comes back is a proxy of the handler: `this`, all arguments and all properties are the handler's own,
 * including `length` and the symbols of streaming handlers, and what is set on it later reaches the handler.
 * If a method of the handler returns the handler, as those of middy do, the caller gets the proxy.
 *
 * @param instance the instance that counts the call; if undefined, the bare handler runs
 * @param describe describes one call
 * @param owner `this` in the handler if it is called without one, as Vercel calls `fetch`
 * @throws TypeError if `handler` is not a function
 */
export function wrap<H extends AnyHandler>(
  handler: H,
  instance: (args: Parameters<H>) => Instance | undefined,
  describe: (args: Parameters<H> & unknown[]) => InvocationDescriptor,
  owner?: object,
): H {
  if (typeof handler !== "function")
    throw new TypeError("prefreeze: instrument() needs a handler function");
  if (wrapped in handler) return handler;
  const chained = new WeakMap<AnyHandler, AnyHandler>();
  const observed: H = new Proxy(handler, {
    apply(_, self, args: Parameters<H>) {
      const counted = guarded(() => instance(args));
      return observe(
        counted,
        () => describe(args),
        () => Reflect.apply(handler, self ?? owner, args) as ReturnType<H>,
      );
    },
    defineProperty(_, key, property) {
      const { value } = property as { readonly value?: unknown };
      // Whoever sets a function reads the same one.
      if (typeof value === "function") chained.set(value as AnyHandler, value as AnyHandler);
      return Reflect.defineProperty(handler, key, property);
    },
    has: (_, key) => key === wrapped || Reflect.has(handler, key),
    get(_, key, self) {
      const own = Reflect.getOwnPropertyDescriptor(handler, key);
      const method: unknown = own?.value;
      // A proxy must return a property that can never change as it is.
      if (typeof method !== "function" || !(own?.writable || own?.configurable))
        return Reflect.get(handler, key, self);
      const known = chained.get(method as AnyHandler);
      if (known) return known;
      const chain: AnyHandler = new Proxy(method as AnyHandler, {
        apply(_, methodSelf, args) {
          const result: unknown = Reflect.apply(method, methodSelf, args);
          return result === handler ? observed : result;
        },
      });
      chained.set(method as AnyHandler, chain);
      return chain;
    },
  });
  return observed;
}
