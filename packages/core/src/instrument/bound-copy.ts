/**
 * Copies an object that cannot be changed, so that the copy can. Its methods, accessors and inherited methods
 * run with the object itself as `this`, which has the private fields.
 */
export function boundCopy<T extends object>(original: T): T {
  const copy = Object.create(Reflect.getPrototypeOf(original)) as T;
  let from: object | null = original;
  for (; from && from !== Object.prototype; from = Reflect.getPrototypeOf(from)) {
    for (const key of Reflect.ownKeys(from)) {
      if (key === "constructor" || Object.hasOwn(copy, key)) continue;
      const property = Reflect.getOwnPropertyDescriptor(from, key)!;
      property.configurable = true;
      property.enumerable &&= from === original;
      if (property.get || property.set) {
        property.get &&= property.get.bind(original);
        property.set &&= property.set.bind(original);
      } else {
        property.writable = true;
        property.value = bound(property.value, original);
      }
      Reflect.defineProperty(copy, key, property);
    }
  }
  return copy;
}

/** The function with a fixed `this`. It keeps its properties, and may be a class. */
function bound(value: unknown, self: object): unknown {
  if (typeof value !== "function") return value;
  return new Proxy(value, { apply: (method, _, args) => Reflect.apply(method, self, args) });
}
