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
      const { get, set } = property;
      if (get) property.get = get.bind(original);
      if (set) property.set = set.bind(original);
      if (!get && !set) {
        property.writable = true;
        property.value = bound(property.value, original, copy);
      }
      Reflect.defineProperty(copy, key, property);
    }
  }
  return copy;
}

/** The function with a fixed `this`, for which it returns the copy. It keeps its properties, and may be a class. */
function bound(value: unknown, self: object, copy: object): unknown {
  if (typeof value !== "function") return value;
  return new Proxy(value, {
    apply(method, _, args) {
      const result: unknown = Reflect.apply(method, self, args);
      return result === self ? copy : result;
    },
  });
}
