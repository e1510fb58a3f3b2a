import type { Options } from "@prefreeze/core";
import type { AnyHandler } from "@prefreeze/core/adapter";
import { describeCall } from "./describe-call.js";
import { observed } from "./observed.js";
import { setUp } from "./set-up.js";

/**
 * Wraps what Next.js calls with a request: a method of a route handler, the function of `proxy.ts` or
 * `middleware.ts`, or the default export of an API route in `pages/api`. Each request is counted and timed, and
 * everything it records is pushed after the response.
 *
 * The request is never read, so static routes stay static. While Next.js builds, and outside Vercel without
 * `PREFREEZE_JOB`, the wrapper does nothing. A handler that is wrapped already is returned as it is.
 *
 * @throws TypeError if `handler` is not a function, or the `grouping` option could break the gateway
 */
// The default types the request of an inline handler that is assigned to no type.
export function instrument<H extends AnyHandler = (request: Request) => Response>(
  handler: H,
  options: Options = {},
): H {
  return observed(handler, setUp(options), describeCall);
}
