import type { Options } from "@prefreeze/core";
import { wrapMethods } from "@prefreeze/core/adapter";
import { fetchOccasion, scheduledOccasion } from "./occasion.js";
import { loadInvocationStore, workerInstance } from "./platform.js";

/** What the runtime hands to a handler last. */
export interface WorkerContext {
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException(): void;
}

/** The handlers that are observed; an object may have more of them, which stay as they are. */
export interface WorkerHandlers {
  // oxlint-disable-next-line typescript/no-explicit-any -- bindings are typed by whoever writes the handler
  fetch?(request: Request, env: any, ctx: WorkerContext): Response | Promise<Response>;
  // oxlint-disable-next-line typescript/no-explicit-any -- bindings are typed by whoever writes the handler
  scheduled?(controller: any, env: any, ctx: WorkerContext): void | Promise<void>;
}

/** The same of a framework's class, whose types of these parameters are its own. */
interface AnyHandlers {
  // oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every framework meets
  readonly fetch?: (request: any, env?: any, ctx?: any) => Response | Promise<Response>;
  // oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every framework meets
  readonly scheduled?: (controller: any, env?: any, ctx?: any) => void | Promise<void>;
}

/**
 * Wraps a Worker's `fetch` and `scheduled`: each call is counted and timed; what it records is pushed in
 * `ctx.waitUntil`, after the response.
 *
 * Settings are read from the Worker's variables (`env`). Outside of the Workers runtime it does nothing.
 * What is wrapped already comes back as it is.
 *
 * @throws TypeError where `handlers` has neither
 */
export function instrument<H extends WorkerHandlers>(handlers: H, options?: Options): H;
export function instrument<H extends AnyHandlers>(handlers: H, options?: Options): H;
export function instrument<H extends object>(handlers: H, options: Options = {}): H {
  loadInvocationStore();
  // `(request or controller, env, ctx)`: variables are known from the first call on.
  const instrumented = wrapMethods(handlers, ([, env]) => workerInstance(options, env), {
    fetch: fetchOccasion,
    scheduled: scheduledOccasion,
  });
  for (const name of ["queue", "email", "tail", "trace", "test"] as const) {
    const method: unknown = Reflect.get(handlers, name);
    // The runtime calls it on what it got, and private fields are on the object itself.
    if (typeof method === "function")
      Object.defineProperty(instrumented, name, { value: method.bind(handlers) });
  }
  return instrumented;
}
