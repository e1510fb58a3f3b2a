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

/**
 * Wraps a Worker's `fetch` and `scheduled`: each call is counted and timed; what it records is pushed in
 * `ctx.waitUntil`, after the response.
 *
 * Settings are read from the Worker's variables (`env`). What is wrapped already comes back as it is.
 *
 * @throws TypeError where `handlers` has neither
 */
export function instrument<H extends WorkerHandlers>(handlers: H, options: Options = {}): H {
  loadInvocationStore();
  // `(request or controller, env, ctx)`: variables are known from the first call on.
  return wrapMethods(handlers, ([, env]) => workerInstance(options, env), {
    fetch: fetchOccasion,
    scheduled: scheduledOccasion,
  });
}
