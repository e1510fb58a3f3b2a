import type { IncomingMessage } from "node:http";
import { guarded, guardedStart, warnOnce } from "@prefreeze/core/adapter";
import { processInstance } from "./platform.js";
import { type PushEveryOptions, startPushing } from "./push-every.js";
import { defineRequestMetrics } from "./request-metrics.js";
import { type ExpressApp, expressRoute, isExpressApp, watchExpressApp } from "./routes/express.js";
import { type FastifyApp, isFastifyApp, watchFastifyRoutes } from "./routes/fastify.js";
import { type HonoApp, isHonoApp, watchHonoApp } from "./routes/hono.js";
import { isKoaApp, type KoaApp, koaRoute, watchKoaRoutes } from "./routes/koa.js";
import { isWebFunction } from "./web-function.js";
import { observeIn } from "./web-request.js";
import { answer, type RequestWatcher, tellRoute, watchRequest } from "./watch-request.js";
import { isServer, watchServer } from "./watch-server.js";

const instrumented = new WeakSet<object>();

/**
 * Measures the requests that a server answers, by method, status and route, and pushes what this process has counted:
 * `http_server_request_duration_seconds` and `http_server_active_requests`. It pushes as `pushEvery()` does, and takes
 * its options.
 *
 * Takes a server of `node:http`, `node:https` or `node:http2`, or an app of Express 4 or 5, Fastify 4 or 5, Koa 2
 * or 3, or Hono 4 on `@hono/node-server`, before or after it listens; Fastify 4 before. The route is the template of
 * the framework, never a path, and empty if there is none.
 *
 * Under test runners it does nothing unless `PREFREEZE_ACTIVE` is set.
 *
 * @returns the same server or app
 * @throws TypeError if it is neither, if the `grouping` option could break the gateway, or if the program has a metric
 *   of one of these names with another shape
 */
export function instrumentServer<S extends object>(server: S, options: PushEveryOptions = {}): S {
  const watch = watcherOf(Object(server) as object);
  if (!watch)
    throw new TypeError(
      "prefreeze: instrumentServer() needs a server of node:http, node:https or node:http2, or an app of Express, Fastify, Koa or Hono",
    );
  const { intervalMs: _, ...others } = options;
  const instance = guardedStart(() => processInstance(others));
  if (!instance || instrumented.has(server)) return server;
  const metrics = guardedStart(defineRequestMetrics);
  // Without a gateway, nobody reads what is measured.
  if (!metrics || !instance.pusher) return server;
  instrumented.add(server);
  const observe = isWebFunction(process.env) ? observeIn(instance) : undefined;
  guarded(() => watch({ metrics, ...(observe && { observe }) }));
  guarded(() => startPushing(instance, options));
  return server;
}

/** How the requests of a server or an app are watched. @returns undefined if it is neither */
function watcherOf(server: object): ((watcher: RequestWatcher) => void) | undefined {
  if (isExpressApp(server)) return (watcher) => watchExpress(server, watcher);
  if (isFastifyApp(server)) return (watcher) => watchFastify(server, watcher);
  if (isKoaApp(server)) return (watcher) => watchKoa(server, watcher);
  if (isHonoApp(server)) return (watcher) => watchHono(server, watcher);
  if (isServer(server)) return (watcher) => watchServer(server, watcher);
  return undefined;
}

function watchExpress(app: ExpressApp, watcher: RequestWatcher): void {
  watchExpressApp(app);
  const { handle } = app;
  app.handle = function (this: unknown, ...args) {
    const [request, response] = args;
    return answer(watcher, request, response, expressRoute, () =>
      Reflect.apply(handle, this, args),
    );
  };
}

function watchFastify(app: FastifyApp, watcher: RequestWatcher): void {
  if (isServer(app.server)) watchServer(app.server, watcher);
  const watched = new WeakSet([app.server]);
  const isTold = watchFastifyRoutes(app, (request, response, readRoute) => {
    const server = serverOf(request);
    // If a name has several addresses, Fastify has a server for each, which shows itself by its first request.
    if (server && !watched.has(server)) {
      watched.add(server);
      guarded(() => {
        watchServer(server, watcher);
        watchRequest(watcher, request, response);
      });
    }
    tellRoute(response, readRoute);
  });
  if (!isTold)
    warnOnce("fastify", "requests have no route: call instrumentServer() before Fastify listens");
}

/** @returns undefined if the request has come from the program itself, as those of Fastify's `inject()` */
function serverOf({ socket }: IncomingMessage) {
  const { server } = Object(socket) as { readonly server?: object };
  const found: unknown = Object(server);
  return isServer(found) ? found : undefined;
}

function watchKoa(app: KoaApp, watcher: RequestWatcher): void {
  watchKoaRoutes(app);
  const { handleRequest } = app;
  app.handleRequest = function (context, run) {
    return answer(
      watcher,
      context.req,
      context.res,
      () => koaRoute(context),
      () => Reflect.apply(handleRequest, this, [context, run]),
    );
  };
}

function watchHono(app: HonoApp, watcher: RequestWatcher): void {
  watchHonoApp(
    app,
    (request, response, run) => answer(watcher, request, response, undefined, run),
    (response, route) => tellRoute(response, () => route),
  );
}
