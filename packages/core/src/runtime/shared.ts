/** The version in the key stands for the layout behind it: a copy with another layout keeps to itself. */
const key = Symbol.for("prefreeze/3");

const parts = partsOf(globalThis as { [key]?: Record<string, unknown> });

/**
 * The part with this name of the state that all copies of this package in one process or isolate share.
 *
 * @param initial the part, if no copy has created it yet
 */
export function shared<T extends object>(name: string, initial: T): T {
  return (parts[name] ??= initial) as T;
}

/** If the global object is frozen, or has something else under the key, this copy keeps to itself. */
function partsOf(holder: { [key]?: Record<string, unknown> }): Record<string, unknown> {
  // Without a prototype: no name means something that another library has put on `Object.prototype`.
  const own = Object.create(null) as Record<string, unknown>;
  try {
    const found = (holder[key] ??= own);
    return Object.getPrototypeOf(found) === null && Object.isExtensible(found) ? found : own;
  } catch {
    return own;
  }
}
