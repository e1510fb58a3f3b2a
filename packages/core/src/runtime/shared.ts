/** The version in the key stands for the layout behind it: a copy with another layout keeps to itself. */
const key = Symbol.for("prefreeze/2");

const parts = ((globalThis as { [key]?: Record<string, unknown> })[key] ??= {});

/**
 * The part with this name of the state that all copies of this package in one process or isolate share.
 *
 * @param initial the part, if no copy has created it yet
 */
export function shared<T extends object>(name: string, initial: T): T {
  return (parts[name] ??= initial) as T;
}
