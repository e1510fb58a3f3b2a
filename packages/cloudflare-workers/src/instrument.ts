import { guardedStart, wrapMethods } from "@prefreeze/core/adapter";
import { refuseClass } from "./classes/refuse-class.js";
import { measuredHandlers } from "./handlers/measured-handlers.js";
import { isCountedByClass } from "./runtime/class-contexts.js";
import { loadInvocationStore, workerInstance } from "./runtime/platform.js";
import type { WorkerContext } from "./runtime/worker-context.js";
import type { WorkerOptions } from "./runtime/worker-options.js";

/** The handlers that are measured. The object may have others, which stay as they are. */
export interface WorkerHandlers {
  /** Answers requests: the trigger `http`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the handler types the bindings
  fetch?(request: Request, env: any, ctx: WorkerContext): Response | Promise<Response>;
  /** Runs at the times of a cron trigger: the trigger `timer`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the handler types the bindings
  scheduled?(controller: any, env: any, ctx: WorkerContext): void | Promise<void>;
  /** Consumes batches of a queue: the trigger `pubsub`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the handler types the bindings
  queue?(batch: any, env: any, ctx: WorkerContext): void | Promise<void>;
  /** Receives emails: the trigger `pubsub`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the handler types the bindings
  email?(message: any, env: any, ctx: WorkerContext): void | Promise<void>;
  /** Receives what became of other Workers' invocations: the trigger `other`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the handler types the bindings
  tail?(events: any, env: any, ctx: WorkerContext): void | Promise<void>;
  /** An older name of `tail`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the handler types the bindings
  trace?(traces: any, env: any, ctx: WorkerContext): void | Promise<void>;
  /** Accepts TCP connections: the trigger `other`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the handler types the bindings
  connect?(socket: any, env: any, ctx: WorkerContext): void | Promise<void>;
}

/** The handlers of a framework's class, which has its own types for these parameters. */
export interface AnyHandlers {
  /** Answers requests: the trigger `http`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every framework meets
  readonly fetch?: (request: any, env?: any, ctx?: any) => Response | Promise<Response>;
  /** Runs at the times of a cron trigger: the trigger `timer`. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the only constraint that every framework meets
  readonly scheduled?: (controller: any, env?: any, ctx?: any) => void | Promise<void>;
}

/**
 * Wraps the handlers of a Worker: `fetch`, `scheduled`, `queue`, `email`, `tail`, `trace` and `connect`. Each
 * call is counted and timed, and everything it records is pushed in `ctx.waitUntil`, after the response.
 *
 * Settings are read from the Worker's variables (`env`). Outside the Workers runtime the wrapper does
 * nothing. Handlers that are wrapped already stay as they are.
 *
 * @returns the same object, in which these handlers are replaced; a copy if the object cannot be changed
 * @throws TypeError if `handlers` has none of them, or is a class
 */
export function instrument<H extends WorkerHandlers>(handlers: H, options?: WorkerOptions): H;
export function instrument<H extends AnyHandlers>(handlers: H, options?: WorkerOptions): H;
export function instrument<H extends object>(handlers: H, options: WorkerOptions = {}): H {
  guardedStart(() => refuseClass(handlers, Object.keys(measuredHandlers)));
  loadInvocationStore();
  // Variables are known only from the first call on, `(event, env, ctx)`.
  return wrapMethods(
    handlers,
    ([, env, ctx]) => (isCountedByClass(ctx) ? undefined : workerInstance(options, env, ctx)),
    measuredHandlers,
  );
}
