import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { guarded } from "@prefreeze/core/adapter";
import type { RequestMetrics } from "./request-metrics.js";
import { expressRoute, isExpressApp, watchExpressApp } from "./routes/express.js";
import { answer, type ReadRoute, type RequestWatcher, watchRequest } from "./watch-request.js";

type AnyServer = Server | Http2Server;

/** Whether it is a server of `node:http`, `node:https` or `node:http2`, told by what those of `node:net` lack. */
export function isServer(value: unknown): value is AnyServer {
  const { listen, prependListener, setTimeout } = value as Readonly<Record<string, unknown>>;
  return [listen, prependListener, setTimeout].every((method) => typeof method === "function");
}

/** Watches all requests of a server. The routes are those of an Express app, if there is one. */
export function watchServer(server: AnyServer, watcher: RequestWatcher): void {
  let readRoute: ReadRoute | undefined;
  const learn = (listener: unknown) => {
    if (!isExpressApp(listener)) return;
    watchExpressApp(listener);
    readRoute = expressRoute;
  };
  const ours = (request: IncomingMessage, response: ServerResponse) =>
    void guarded(() => watchRequest(watcher, request, response, readRoute));
  const watchRequests = () => {
    // Those who put their own listener before all others take these away, and call them.
    if (!server.listeners("request").includes(ours)) server.prependListener("request", ours);
  };
  // Before a server of `node:http2` has a listener for requests, ours would make requests of its streams.
  if (!isHttp2Server(server) || server.listenerCount("request") > 0) watchRequests();
  else watchStreams(server, watcher);
  for (const listener of server.listeners("request")) learn(listener);
  server.on("newListener", (event: string, listener: unknown) => {
    if (event !== "request" || listener === ours) return;
    learn(listener);
    watchRequests();
  });
  if (watcher.observe) runRequests(server, watcher, () => readRoute);
}

/** Runs the listeners for a request as its invocation. */
function runRequests(
  server: AnyServer,
  watcher: RequestWatcher,
  readRoute: () => ReadRoute | undefined,
): void {
  const { emit } = server as { emit: (this: unknown, ...args: unknown[]) => boolean };
  server.emit = function (this: unknown, ...args: unknown[]) {
    const run = () => Reflect.apply(emit, this, args);
    const [event, request, response] = args;
    if (event !== "request") return run();
    return answer(
      watcher,
      request as IncomingMessage,
      response as ServerResponse,
      readRoute(),
      run,
    );
  } as typeof emit;
}

function isHttp2Server(server: AnyServer): server is Http2Server {
  return "updateSettings" in server;
}

/** Measures the streams of a server that has no listener for requests. */
function watchStreams(server: Http2Server, { metrics }: RequestWatcher): void {
  server.prependListener("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    if (server.listenerCount("request") > 0) return;
    guarded(() => watchStream(stream, headers, metrics));
  });
}

function watchStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  metrics: RequestMetrics,
): void {
  const startedMs = performance.now();
  metrics.active(1);
  stream.once("close", () =>
    guarded(() => {
      metrics.active(-1);
      const { [":status"]: status = "" } = stream.sentHeaders as Readonly<Record<string, unknown>>;
      const seconds = (performance.now() - startedMs) / 1_000;
      metrics.ended(String(headers[":method"]), status as number | "", "", seconds);
    }),
  );
}
