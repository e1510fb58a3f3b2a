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
 * `this`, all arguments and the handler's own properties are kept, including `length` and the symbols of
 * streaming handlers: runtimes and other wrappers use these to recognise the kind of handler.
 *
 * @param instance the instance that counts the call; if undefined, the bare handler runs
 * @param describe describes one call
 * @param self `this` in the handler; default: `this` of the call
 * @throws TypeError if `handler` is not a function
 */
export function wrap<H extends AnyHandler>(
  handler: H,
  instance: (args: Parameters<H>) => Instance | undefined,
  describe: (args: Parameters<H> & unknown[]) => InvocationDescriptor,
  self?: object,
): H {
  if (typeof handler !== "function")
    throw new TypeError("prefreeze: instrument() needs a handler function");
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
 * Wraps methods of an object of handlers. Its other properties are inherited from the object itself.
 *
 * @param describe by the name of the method; methods that the object lacks are left out
 * @throws TypeError if the object has none of the methods
 */
export function wrapMethods<T extends object>(
  handlers: T,
  instance: (args: readonly unknown[]) => Instance | undefined,
  describe: Readonly<Record<string, (args: readonly unknown[]) => InvocationDescriptor>>,
): T {
  const methods = Object(handlers) as Record<string, AnyHandler>;
  const names = Object.keys(describe);
  if (!names.some((name) => methods[name])) {
    throw new TypeError(`prefreeze: instrument() needs an object with ${names.join(" or ")}`);
  }
  const instrumented: Record<string, AnyHandler> = {};
  for (const name of names) {
    // Private fields are on the object itself, so `this` stays that object.
    if (methods[name])
      instrumented[name] = wrap(methods[name], instance, describe[name]!, handlers);
  }
  // Assigning them would throw if the object inherits from a frozen one.
  return Object.create(handlers, Object.getOwnPropertyDescriptors(instrumented)) as T;
}
