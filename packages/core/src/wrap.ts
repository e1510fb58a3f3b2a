import { guarded } from "./guarded.js";
import type { Instance } from "./instance.js";
import { observe, type Occasion } from "./observe.js";

// oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every handler meets
export type AnyHandler = (...args: any[]) => any;

const wrapped = Symbol.for("prefreeze/1/wrapped");

const OWN_TO_EVERY_FUNCTION = new Set<PropertyKey>(["length", "name", "prototype", "arguments", "caller"]);

/**
 * Wraps a handler so that each of its calls is observed; what is wrapped already comes back as it is.
 *
 * `this`, all arguments, and the handler's own properties (streaming symbols among them) are kept.
 * `length` is at most 2: Lambda's runtime takes a third parameter for a callback.
 *
 * @param instance the instance to count for; undefined runs the bare handler
 * @param describe tells of one call
 */
export function wrap<H extends AnyHandler>(
  handler: H,
  instance: (args: Parameters<H>) => Instance | undefined,
  describe: (args: Parameters<H>) => Occasion,
): H {
  if (typeof handler !== "function") throw new TypeError(`prefreeze: instrument() takes a function, not ${String(handler)}`);
  if (wrapped in handler) return handler;
  const observed = function (this: unknown, ...args: Parameters<H>): ReturnType<H> {
    const run = (): ReturnType<H> => Reflect.apply(handler, this, args);
    const counted = guarded(() => instance(args));
    return counted === undefined ? run() : observe(counted, () => describe(args), run);
  };
  for (const key of Reflect.ownKeys(handler)) {
    if (OWN_TO_EVERY_FUNCTION.has(key)) continue;
    Object.defineProperty(observed, key, Object.getOwnPropertyDescriptor(handler, key)!);
  }
  Object.defineProperty(observed, "name", { value: handler.name, configurable: true });
  Object.defineProperty(observed, "length", { value: Math.min(handler.length, 2), configurable: true });
  Object.defineProperty(observed, wrapped, { value: true });
  return observed as H;
}
