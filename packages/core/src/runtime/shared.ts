/** The key carries the version of what lies behind it: a copy that differs in it keeps to itself. */
const key = Symbol.for("prefreeze/1");

const all = ((globalThis as { [key]?: Record<string, unknown> })[key] ??= {});

/** Adds fields to what all copies of this package in one process or isolate share; those that are there stand. */
export function shared<T extends object>(fields: T): T {
  for (const [name, value] of Object.entries(fields)) all[name] ??= value;
  return all as T;
}
