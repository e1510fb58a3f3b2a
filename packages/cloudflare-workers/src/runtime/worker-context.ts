/** The context that the Workers runtime passes to a handler as its last argument. */
export interface WorkerContext {
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException(): void;
}
