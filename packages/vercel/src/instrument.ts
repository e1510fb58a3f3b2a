import type { Options } from "@prefreeze/core";
import { type AnyHandler, beInert, guardedStart, wrap, wrapMethods } from "@prefreeze/core/adapter";
import { describeRequest } from "./handlers/describe-request.js";
import { isEdgeRuntime, vercelInstance } from "./runtime/platform.js";

/** The default export of a function with `export default { fetch }`. */
export interface FetchHandler {
  /** Answers a request. */
  fetch(request: Request, ...more: never[]): Response | Promise<Response>;
}

/**
 * Wraps a Vercel function: `export default { fetch }`, `export const GET = …`, or `(req, res)`. Each request
 * is counted and timed, and everything it records is pushed in `waitUntil`, after the response.
 *
 * Outside Vercel, and while Next.js builds, the wrapper does nothing. A handler that is wrapped already is
 * returned as it is.
 *
 * @throws TypeError if `handler` is neither a function nor an object with `fetch`, or the `grouping` option
 *   could break the gateway
 */
export function instrument<H extends FetchHandler>(handler: H, options?: Options): H;
// The default types the request of an inline handler that is assigned to no type.
export function instrument<H extends AnyHandler = (request: Request) => Response>(
  handler: H,
  options?: Options,
): H;
export function instrument(handler: FetchHandler | AnyHandler, options: Options = {}) {
  // Set up during the cold start, so that a wrong setting shows before the first request. Outside a request,
  // the edge runtime forbids requests, timers and random values.
  if (isEdgeRuntime()) beInert("no wrapped handler was called yet");
  else guardedStart(() => vercelInstance(options));
  const instance = () => vercelInstance(options);
  return typeof handler === "function"
    ? wrap(handler, instance, describeRequest)
    : wrapMethods(handler, instance, { fetch: describeRequest });
}
