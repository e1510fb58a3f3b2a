/** An object of a measured class, as the runtime has it. */
export interface Measured {
  /** `this` in its methods. */
  readonly itself: object;
  readonly env: unknown;
  readonly ctx: unknown;
  /** The synchronous part of a call runs, so further calls are the object's own. */
  busy: boolean;
}

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Calls a method with the object itself as `this`, and counts that. */
export type Count = (
  object: Measured,
  name: string,
  method: Method,
  args: readonly unknown[],
) => unknown;

/** The objects that the runtime has. Calls of these are invocations; an object's calls of itself are none. */
const measured = new WeakMap<object, Measured>();

/** @returns undefined for an object that the runtime does not have, as `this` in a method is */
export function measuredObject(self: unknown): Measured | undefined {
  return measured.get(self as object);
}

/** Measures an object without a facade: its calls of itself look like calls of the runtime. */
export function exposeBare(itself: object, env: unknown, ctx: unknown): void {
  measured.set(itself, { itself, env, ctx, busy: false });
}

/**
 * Makes what the runtime has instead of the object: the same object in all but its identity, so a call that comes
 * this way comes from outside. Accessors and methods run with the object itself, which has the private fields.
 *
 * @param prototype the one of its class, with all methods as own properties
 * @param events names of handlers, which may be properties of the object itself
 * @param count see `Count`
 */
export function facadeOf(
  itself: object,
  prototype: object,
  env: unknown,
  ctx: unknown,
  events: readonly string[],
  count: Count,
): object {
  const object: Measured = { itself, env, ctx, busy: false };
  const counted = (name: string, method: Method): Method =>
    new Proxy(method, { apply: (_, __, args: unknown[]) => count(object, name, method, args) });
  const own = new Map<unknown, Method>();
  for (const name of events) {
    const value: unknown = Reflect.getOwnPropertyDescriptor(itself, name)?.value;
    if (typeof value !== "function") continue;
    const handler = value as Method;
    own.set(handler, counted(name, handler));
  }
  const isForeign = answersForMethods(itself, prototype);
  const facade = new Proxy(itself, {
    get(_, key) {
      const value: unknown = Reflect.get(itself, key);
      // A proxy must return a property that can never change, one of a frozen object say, as it is.
      if (own.has(value) && isFixed(itself, key)) return value;
      const isMethod =
        isForeign &&
        typeof key === "string" &&
        methodOf(prototype, key) &&
        !Object.hasOwn(itself, key);
      return isMethod ? counted(key, value as Method) : (own.get(value) ?? value);
    },
    set: (_, key, value) => Reflect.set(itself, key, value),
  });
  measured.set(facade, object);
  return facade;
}

function isFixed(object: object, key: PropertyKey): boolean {
  const property = Reflect.getOwnPropertyDescriptor(object, key);
  return property?.configurable === false && property.writable === false;
}

function methodOf(prototype: object, key: string): Method | undefined {
  const value: unknown = Reflect.getOwnPropertyDescriptor(prototype, key)?.value;
  return key !== "constructor" && typeof value === "function" ? (value as Method) : undefined;
}

/** Whether the object is a proxy of another wrapper, which calls the methods with the object behind it as `this`. */
function answersForMethods(itself: object, prototype: object): boolean {
  return Object.getOwnPropertyNames(prototype).some((key) => {
    const method = methodOf(prototype, key);
    return method && !Object.hasOwn(itself, key) && Reflect.get(itself, key) !== method;
  });
}
