import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { guarded, type Observation } from "@prefreeze/core/adapter";
import type { RequestMetrics } from "./request-metrics.js";
import { nowMs, turnStartMs } from "./turn-clock.js";

/** What becomes of requests. */
export interface RequestWatcher {
  readonly metrics: RequestMetrics;
  /** Begins an invocation, if requests are invocations of a function. */
  observe?(request: IncomingMessage, response: ServerResponse): Observation | undefined;
}

/** Reads the route's template of a request that has ended. @returns undefined or empty if there is none */
export type ReadRoute = (request: IncomingMessage, response: ServerResponse) => string | undefined;

/** A request that is being answered. It stays on its response. */
interface WatchedRequest {
  readonly watcher: RequestWatcher;
  readonly request: IncomingMessage;
  readonly startedMs: number;
  readonly observation: Observation | undefined;
  /** The framework's, once it has shown itself. */
  readRoute: ReadRoute | undefined;
  ended: boolean;
}

/** The version in the key stands for the shape of what is there: another copy of this package may have set it. */
const key = Symbol.for("prefreeze/1/request");
type Watched = ServerResponse & { [key]?: WatchedRequest };

/** Responses that wait for others on their connection, which tells them of its end. */
const waiting = Symbol.for("prefreeze/1/waiting");
type Connection = Socket & { [waiting]?: Set<Watched> };

/**
 * Begins to measure a request until its response has been sent whole, or its client has gone. If it is measured
 * already, only notes how its route is read.
 *
 * @param readRoute undefined if nobody has told yet
 * @returns the invocation that the request is from now on
 */
export function watchRequest(
  watcher: RequestWatcher,
  request: IncomingMessage,
  response: ServerResponse,
  readRoute?: ReadRoute,
): Observation | undefined {
  const watched = (response as Watched)[key];
  if (watched) {
    watched.readRoute ??= readRoute;
    return undefined;
  }
  // A WebSocket has no response that ends. Some packages make one up for it.
  if (!isOpen(request, response)) return undefined;
  const startedMs = turnStartMs();
  const observation = watcher.observe?.(request, response);
  (response as Watched)[key] = {
    watcher,
    request,
    startedMs,
    observation,
    readRoute,
    ended: false,
  };
  watcher.metrics.active(1);
  // The same function for all requests, which finds the rest on the response.
  response.on("close", end);
  if (response.socket === null) endWithConnection(request.socket, response);
  return observation;
}

/** Runs what answers a request, as its invocation if it is one. */
export function answer<R>(
  watcher: RequestWatcher,
  request: IncomingMessage,
  response: ServerResponse,
  readRoute: ReadRoute | undefined,
  run: () => R,
): R {
  const observation = guarded(() => watchRequest(watcher, request, response, readRoute));
  return observation ? observation.run(run) : run();
}

/** Tells who knows the route of a request that is measured. */
export function tellRoute(response: ServerResponse, readRoute: ReadRoute): void {
  const watched = (response as Watched)[key];
  if (watched) watched.readRoute = readRoute;
}

function isOpen(request: IncomingMessage, response: ServerResponse): boolean {
  const { upgrade } = request as { readonly upgrade?: boolean | null };
  return !upgrade && !response.writableFinished && !response.destroyed;
}

function end(this: ServerResponse): void {
  const watched = (this as Watched)[key];
  if (!watched || watched.ended) return;
  watched.ended = true;
  // Called by Node.js: what throws here would end the process.
  guarded(() => {
    const { watcher, request, startedMs } = watched;
    const { metrics } = watcher;
    metrics.active(-1);
    const seconds = (nowMs() - startedMs) / 1_000;
    // Node.js starts with 200, before anything is sent.
    const status = this.headersSent ? this.statusCode : "";
    metrics.ended(request.method ?? "", status, routeOf(watched, this) ?? "", seconds);
  });
  void watched.observation?.returned(undefined);
}

function routeOf({ request, readRoute }: WatchedRequest, response: ServerResponse) {
  try {
    return readRoute?.(request, response);
  } catch {
    // A getter of the framework's, or of the program's, threw.
    return undefined;
  }
}

/** Of pipelined requests, Node.js tells only the one whose turn it is that the connection has ended. */
function endWithConnection(socket: Connection, response: ServerResponse): void {
  let responses = socket[waiting];
  if (!responses) {
    responses = socket[waiting] = new Set();
    const all = responses;
    socket.once("close", () => {
      for (const each of all) end.call(each);
    });
  }
  responses.add(response);
  response.once("close", () => responses.delete(response));
}
