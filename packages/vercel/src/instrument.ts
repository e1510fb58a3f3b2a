import type { Options } from "@prefreeze/core";
import { type AnyHandler, wrap, wrapMethods } from "@prefreeze/core/adapter";
import { occasionOf } from "./occasion.js";
import { vercelInstance } from "./platform.js";

/** What `export default { fetch }` exports. */
export interface FetchHandler {
  fetch(request: Request, ...more: never[]): Response | Promise<Response>;
}

/**
 * Wraps a Vercel function: `export default { fetch }`, `export const GET = …`, or `(req, res)`. Each
 * request is counted and timed; what it records is pushed in `waitUntil`, after the response.
 *
 * Outside of Vercel, and while Next.js builds, it does nothing. What is wrapped already comes back as it is.
 *
 * @throws TypeError where `handler` is neither, or the `grouping` option could break the gateway
 */
export function instrument<H extends FetchHandler>(handler: H, options?: Options): H;
export function instrument<H extends (request: Request) => Response | Promise<Response>>(
  handler: H,
  options?: Options,
): H;
export function instrument<H extends AnyHandler>(handler: H, options?: Options): H;
export function instrument(handler: FetchHandler | AnyHandler, options: Options = {}) {
  vercelInstance(options);
  const instance = () => vercelInstance(options);
  return typeof handler === "function"
    ? wrap(handler, instance, occasionOf)
    : wrapMethods(handler, instance, { fetch: occasionOf });
}
