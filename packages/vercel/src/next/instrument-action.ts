import type { Options } from "@prefreeze/core";
import type { AnyHandler } from "@prefreeze/core/adapter";
import { describeCall } from "./describe-call.js";
import { observed } from "./observed.js";
import { setUp } from "./set-up.js";

/**
 * Wraps a server action. Each call is counted and timed as an invocation; `redirect()`, `notFound()` and the like
 * are no failures.
 *
 * @throws TypeError if `action` is not a function, or the `grouping` option could break the gateway
 */
export function instrumentAction<A extends AnyHandler>(action: A, options: Options = {}): A {
  // What an action is called with is its own: neither a request nor a response.
  return observed(action, setUp(options), () => describeCall([]));
}
