/** The context that the Workers runtime passes to a handler as its last argument. */
export interface WorkerContext {
  /** Keeps the Worker running until the promise settles. */
  waitUntil(promise: Promise<unknown>): void;
  /** Lets the origin answer if the Worker throws. */
  passThroughOnException(): void;
}
