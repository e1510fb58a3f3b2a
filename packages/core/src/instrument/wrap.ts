import { guarded } from "../runtime/guarded.js";
import type { Instance } from "../instance/instance.js";
import { observe, type Occasion } from "./observe.js";

// oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every handler meets
export type AnyHandler = (...args: any[]) => any;

const wrapped = Symbol.for("prefreeze/1/wrapped");

/**
 * Wraps a handler so that each of its calls is observed; what is wrapped already comes back as it is.
 *
 * `this`, all arguments, and the handler's own properties are kept, streaming symbols and `length` among
 * them: runtimes and other wrappers tell by these what kind of handler it is.
 *
 * @param instance the instance to count for; undefined runs the bare handler
 * @param describe tells of one call
 * @param self what `this` is in the handler; default: what it is in the call
 */
export function wrap<H extends AnyHandler>(
  handler: H,
  instance: (args: Parameters<H>) => Instance | undefined,
  describe: (args: Parameters<H> & unknown[]) => Occasion,
  self?: object,
): H {
  if (typeof handler !== "function") throw new TypeError("prefreeze: instrument() takes a handler");
  if (wrapped in handler) return handler;
  const observed = function (this: unknown, ...args: Parameters<H> & unknown[]): ReturnType<H> {
    const run = (): ReturnType<H> => handler.apply(self ?? this, args) as ReturnType<H>;
    const counted = guarded(() => instance(args));
    return counted ? observe(counted, () => describe(args), run) : run();
  };
  return Object.defineProperties(observed, {
    ...Object.getOwnPropertyDescriptors(handler),
    [wrapped]: { value: true },
  }) as unknown as H;
}

/**
 * Wraps methods of an object of handlers; all else of it comes from the object itself.
 *
 * @param describe by the name of the method; what the object lacks is left out
 * @throws TypeError where the object has none of them
 */
export function wrapMethods<T extends object>(
  handlers: T,
  instance: (args: readonly unknown[]) => Instance | undefined,
  describe: Readonly<Record<string, (args: readonly unknown[]) => Occasion>>,
): T {
  const methods = Object(handlers) as Record<string, AnyHandler>;
  const names = Object.keys(describe);
  if (!names.some((name) => methods[name])) {
    throw new TypeError(`prefreeze: instrument() takes an object with ${names.join(" or ")}`);
  }
  const instrumented: Record<string, AnyHandler> = {};
  for (const name of names) {
    // Private fields are on the object itself, so `this` stays that.
    if (methods[name])
      instrumented[name] = wrap(methods[name], instance, describe[name]!, handlers);
  }
  // Assigned to what inherits from a frozen object, they would throw.
  return Object.create(handlers, Object.getOwnPropertyDescriptors(instrumented)) as T;
}
