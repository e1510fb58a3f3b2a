/** The context that the Workers runtime passes to a handler as its last argument. */
export interface WorkerContext {
  /** Keeps the Worker running until the promise settles. */
  waitUntil(promise: Promise<unknown>): void;
  /** Lets the origin answer if the Worker throws. */
  passThroughOnException(): void;
}

/** Whether a handler's last argument is a context. If a Worker calls a handler of its own, it may be none. */
export function isContext(ctx: unknown): ctx is WorkerContext {
  return typeof (ctx as Partial<WorkerContext> | null | undefined)?.waitUntil === "function";
}

/** Whether it is the context of a Durable Object, which lives longer than a call. */
export function isOfObject(ctx: unknown): boolean {
  return typeof (ctx as { storage?: unknown } | null | undefined)?.storage === "object";
}
