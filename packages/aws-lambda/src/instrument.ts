import { type AnyHandler, wrap } from "@prefreeze/core/adapter";
import type { LambdaContext } from "./event/lambda-context.js";
import type { LambdaOptions } from "./lambda-options.js";
import { describeInvocation } from "./descriptor.js";
import { lambdaInstance } from "./platform.js";

/**
 * Wraps a Lambda handler. Each invocation is counted and timed, and everything it records is pushed: after
 * the response if `register` ran, otherwise before the result is returned. The handler keeps its type, its
 * result and its errors.
 *
 * Outside Lambda the wrapper does nothing. A handler that is wrapped already is returned as it is.
 *
 * @param handler any handler that Lambda accepts: async, with a callback, streaming, or a finished middy one
 * @throws TypeError if `handler` is not a function, or the `grouping` option could break the gateway
 */
export function instrument<
  // oxlint-disable-next-line typescript/no-explicit-any -- the author of the handler types the event
  H extends (event: any, context: LambdaContext) => Promise<any>,
>(handler: H, options?: LambdaOptions): H;
export function instrument<H extends AnyHandler>(handler: H, options?: LambdaOptions): H;
export function instrument<H extends AnyHandler>(handler: H, options: LambdaOptions = {}): H {
  // Set up during the cold start, so that a wrong setting shows before the first event.
  lambdaInstance(options);
  return wrap(handler, () => lambdaInstance(options), describeInvocation);
}
