import type { Options } from "@prefreeze/core";
import { type AnyHandler, beInert, guardedStart } from "@prefreeze/core/adapter";
import type {
  AppWithCallback,
  AppWithServer,
  FetchHandler,
  MethodHandlers,
  NodeServer,
} from "./handlers/shapes.js";
import { wrapApp, wrapHandler } from "./handlers/wrap-app.js";
import { isEdgeRuntime, vercelInstance } from "./runtime/platform.js";

/**
 * Wraps a Vercel function: `export const GET = …`, `export default { fetch }`, `(req, res)`, middleware, or the
 * app of a framework: of Express, Hono, Fastify, Koa, h3, Elysia or NestJS, or a server of `node:http`. Each
 * request is counted and timed until its response has ended, and everything it records is pushed in
 * `waitUntil`, after the response. Functions are returned wrapped; apps and servers are wrapped in place.
 *
 * Outside Vercel, and while Next.js builds, the wrapper does nothing. A handler that is wrapped already is
 * returned as it is.
 *
 * @throws TypeError if `handler` is none of these, or the `grouping` option could break the gateway
 */
export function instrument<H extends FetchHandler>(handler: H, options?: Options): H;
export function instrument<H extends AppWithCallback | AppWithServer | NodeServer>(
  handler: H,
  options?: Options,
): H;
// The default types the request of an inline handler that is assigned to no type.
export function instrument<H extends AnyHandler = (request: Request) => Response>(
  handler: H,
  options?: Options,
): H;
export function instrument<H extends MethodHandlers>(handler: H, options?: Options): H;
export function instrument(handler: object, options: Options = {}) {
  // Set up during the cold start, so that a wrong setting shows before the first request. Outside a request,
  // the edge runtime forbids requests, timers and random values.
  if (isEdgeRuntime()) beInert("no wrapped handler was called yet");
  else guardedStart(() => vercelInstance(options));
  const instance = () => vercelInstance(options);
  return typeof handler === "function"
    ? wrapHandler(handler as AnyHandler, instance)
    : wrapApp(handler, instance);
}
