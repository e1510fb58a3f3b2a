import { baseOf, WRAPPERS } from "./base-of.js";

/**
 * Refuses a class where an object of handlers is needed. A class that has handlers as static methods is one.
 *
 * @throws TypeError that names the function for this class
 */
export function refuseClass(value: unknown, handlers: readonly string[]): void {
  if (typeof value !== "function") return;
  const base = baseOf(value);
  const isPlainClass = Reflect.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
  if (!base && (!isPlainClass || handlers.some((name) => name in value))) return;
  const instead = base
    ? `use ${WRAPPERS[base]}()`
    : `give it a new one, or use ${WRAPPERS.DurableObject}() for a Durable Object`;
  throw new TypeError(`prefreeze: instrument() needs an object, not a class: ${instead}`);
}
