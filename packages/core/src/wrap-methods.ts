import type { AnyHandler } from "./wrap.js";

/**
 * Wraps some methods of an object of handlers; all else of it, its prototype too, stays as it is.
 *
 * @param wrappers by the name of the method; what the object lacks is left out
 * @throws TypeError where the object has none of them
 */
export function wrapMethods<T extends object>(
  handlers: T,
  wrappers: Readonly<Record<string, (handler: AnyHandler) => AnyHandler>>,
): T {
  const names = Object.keys(wrappers);
  const found = Object(handlers) === handlers
    ? names.filter((name) => typeof (handlers as Record<string, unknown>)[name] === "function")
    : [];
  if (found.length === 0) {
    throw new TypeError(`prefreeze: instrument() takes a function, or an object with ${names.join(" or ")}`);
  }
  const instrumented = Object.create(
    Object.getPrototypeOf(handlers) as object | null,
    Object.getOwnPropertyDescriptors(handlers),
  ) as T;
  for (const name of found) {
    const handler = (handlers as Record<string, AnyHandler>)[name]!;
    Object.defineProperty(instrumented, name, {
      value: wrappers[name]!(handler),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return instrumented;
}
