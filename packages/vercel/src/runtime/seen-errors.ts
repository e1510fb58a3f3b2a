import { shared } from "@prefreeze/core/adapter";

/** More thrown texts and numbers than are on their way to the framework at once. */
const MAX_VALUES = 100;

const seen = shared("seenErrors", {
  errors: new WeakSet(),
  /** Thrown values that are no objects, once for each time. */
  values: [] as unknown[],
});

/** On an error that another realm may see next: under `next start`, those of the edge runtime reach Node.js, too. */
const mark = Symbol.for("prefreeze/1/noted");

/** Notes what a handler threw: its invocation tells, so the framework's own report of it does not count. */
export function noteError(thrown: unknown): void {
  if (Object(thrown) === thrown) {
    seen.errors.add(thrown as object);
    if ("EdgeRuntime" in globalThis)
      Reflect.defineProperty(thrown as object, mark, { value: true });
  } else if (seen.values.push(thrown) > MAX_VALUES) seen.values.shift();
}

/** Whether an invocation tells of this error. A value that is no object is told of once. */
export function isNoted(thrown: unknown): boolean {
  if (Object(thrown) === thrown)
    return seen.errors.has(thrown as object) || mark in (thrown as object);
  const index = seen.values.indexOf(thrown);
  if (index === -1) return false;
  seen.values.splice(index, 1);
  return true;
}
