import { type AnyHandler, guardedStart, wrap } from "@prefreeze/core/adapter";
import { isInsideExecution } from "./event/durable-context.js";
import type { LambdaContext } from "./event/lambda-context.js";
import type { LambdaOptions } from "./lambda-options.js";
import { describeInvocation } from "./descriptor.js";
import { lambdaInstance } from "./platform.js";

/**
 * The type of the handler, exactly. Its second branch never holds: it lets the compiler infer the event of an
 * inline handler from the type that the wrapped one is assigned to, such as `SQSHandler`.
 */
type Inferred<H, E> = [E] extends [unknown] ? H : H & ((event: E, ...more: never[]) => unknown);

/**
 * Wraps a Lambda handler. Each invocation is counted and timed, and everything it records is pushed: after
 * the response if `register` ran, otherwise before the result is returned. The handler keeps its type, its
 * result and its errors.
 *
 * Outside Lambda the wrapper does nothing. A handler that is wrapped already is returned as it is.
 *
 * @param handler any handler that Lambda accepts: async, with a callback, streaming, or one of middy
 * @throws TypeError if `handler` is not a function, or the `grouping` option could break the gateway
 */
export function instrument<H extends object, E>(
  handler: H & ((event: E, context: LambdaContext) => unknown),
  options?: LambdaOptions,
): Inferred<H, E>;
export function instrument<H extends AnyHandler>(handler: H, options?: LambdaOptions): H;
export function instrument<H extends AnyHandler>(handler: H, options: LambdaOptions = {}): H {
  // Set up during the cold start, so that a wrong setting shows before the first event.
  guardedStart(() => lambdaInstance(options));
  const instance = (args: readonly unknown[]) =>
    isInsideExecution(args) ? undefined : lambdaInstance(options);
  return wrap(handler, instance, describeInvocation);
}
