const contexts = new WeakSet<object>();

/** From now on, a handler that a measured class calls with its own context is part of the class's call. */
export function countedByClass(ctx: unknown): void {
  if (Object(ctx) === ctx) contexts.add(ctx as object);
}

/** Whether the context is that of a measured class. */
export function isCountedByClass(ctx: unknown): boolean {
  return contexts.has(ctx as object);
}
