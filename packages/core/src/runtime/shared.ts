/** The version in the key stands for the layout behind it: a copy with another layout keeps to itself. */
const key = Symbol.for("prefreeze/3");

type Parts = Record<string, unknown>;
type Holder = { [key]?: Parts } | undefined;

// If the global object takes no properties, or has something else under the key, copies on Node.js share by their process. Elsewhere,
// this copy keeps to itself.
const parts: Parts =
  partsOf(() => globalThis as Holder) ??
  partsOf(() => (globalThis as { process?: Holder }).process) ??
  (Object.create(null) as Parts);

/**
 * The part with this name of the state that all copies of this package in one process or isolate share.
 *
 * @param initial the part, if no copy has created it yet
 */
export function shared<T extends object>(name: string, initial: T): T {
  return (parts[name] ??= initial) as T;
}

/** @returns undefined if the holder cannot hold them, or reading it throws */
function partsOf(holder: () => Holder): Parts | undefined {
  // Without a prototype: no name means something that another library has put on `Object.prototype`.
  const own = Object.create(null) as Parts;
  try {
    const found = (holder()![key] ??= own);
    return Object.getPrototypeOf(found) === null && Object.isExtensible(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
