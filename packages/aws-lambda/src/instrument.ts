import { type AnyHandler, wrap } from "@prefreeze/core/adapter";
import type { LambdaContext } from "./lambda-context.js";
import type { LambdaOptions } from "./lambda-options.js";
import { occasionOf } from "./occasion.js";
import { lambdaInstance } from "./platform.js";

/**
 * Wraps a Lambda handler: each invocation is counted and timed, and what it records is pushed after the
 * response where `register` ran, else before the result is handed over. The handler keeps its type, its
 * result and its errors.
 *
 * Outside of Lambda it does nothing. What is wrapped already comes back as it is.
 *
 * @param handler any handler that Lambda takes: async, with a callback, streaming, a finished middy one
 * @throws TypeError where `handler` is no function, or the `grouping` option could break the gateway
 */
export function instrument<
  // oxlint-disable-next-line typescript/no-explicit-any -- the event is typed by whoever writes the handler
  H extends (event: any, context: LambdaContext) => Promise<any>,
>(handler: H, options?: LambdaOptions): H;
export function instrument<H extends AnyHandler>(handler: H, options?: LambdaOptions): H;
export function instrument<H extends AnyHandler>(handler: H, options: LambdaOptions = {}): H {
  // Set up while the environment starts: a wrong setting is told before the first event.
  lambdaInstance(options);
  return wrap(handler, () => lambdaInstance(options), occasionOf);
}
