import { type Count, measuredObject, type Method } from "./facade.js";

const covered = new WeakSet<object>();

/** Puts proxies in front of all methods of a prototype, inherited ones too, as its own properties. */
export function coverMethods(prototype: object, count: Count): void {
  if (covered.has(prototype)) return;
  covered.add(prototype);
  const seen = new Set<PropertyKey>(["constructor"]);
  let from: object | null = prototype;
  for (; from && from !== Object.prototype; from = Reflect.getPrototypeOf(from)) {
    for (const key of Reflect.ownKeys(from)) {
      if (seen.has(key)) continue;
      seen.add(key);
      const property = Reflect.getOwnPropertyDescriptor(from, key)!;
      if (typeof property.value !== "function") continue;
      const method = property.value as Method;
      property.value = new Proxy(method, {
        apply(_, self, args: unknown[]) {
          const object = measuredObject(self);
          if (!object) return Reflect.apply(method, self, args);
          if (typeof key === "symbol") return Reflect.apply(method, object.itself, args);
          // Of the covered methods that call one another by `super`, the first one counts.
          const first =
            object.itself !== self || Reflect.getPrototypeOf(self as object) === prototype;
          return first ? count(object, key, method, args) : Reflect.apply(method, self, args);
        },
      });
      Reflect.defineProperty(prototype, key, property);
    }
  }
}
