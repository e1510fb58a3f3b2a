/** The version in the key stands for the layout behind it: a copy with another layout keeps to itself. */
const key = Symbol.for("prefreeze/1");

const all = ((globalThis as { [key]?: Record<string, unknown> })[key] ??= {});

/**
 * Adds fields to the object that all copies of this package in one process or isolate share. Fields that
 * another copy has added already keep their values.
 */
export function shared<T extends object>(fields: T): T {
  for (const [name, value] of Object.entries(fields)) all[name] ??= value;
  return all as T;
}
