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

/** The responses that are open on a connection, which tells them of its end. */
const open = Symbol.for("prefreeze/1/open");
type Connection = Socket & { [open]?: OpenResponses };
interface OpenResponses {
  /** The newest one that had the socket when it began. */
  newest: Watched | undefined;
  others: Set<Watched> | undefined;
}

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
  endWithConnection(request, response);
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
  // A connection that is kept must not keep the request.
  const responses = (watched.request.socket as Connection | undefined)?.[open];
  if (responses?.newest === this) responses.newest = undefined;
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

/**
 * Of pipelined responses, Node.js tells only the one whose turn it is that the connection has ended, and none that has
 * lost its socket to other code.
 */
function endWithConnection(request: IncomingMessage, response: Watched): void {
  // Each stream of HTTP/2 is told.
  if (request.httpVersionMajor > 1) return;
  const connection = request.socket as Partial<Connection> | undefined;
  // Other code may have made the request up.
  if (!isConnection(connection)) return;
  const responses = connection[open] ?? watchConnection(connection);
  const isNext = response.socket !== null;
  const other = isNext ? responses.newest : response;
  if (isNext) responses.newest = response;
  if (!other) return;
  const others = (responses.others ??= new Set());
  others.add(other);
  other.once("close", () => others.delete(other));
}

function isConnection(value: Partial<Connection> | undefined): value is Connection {
  return typeof value?.once === "function";
}

function watchConnection(connection: Connection): OpenResponses {
  const responses: OpenResponses = { newest: undefined, others: undefined };
  connection[open] = responses;
  connection.once("close", () => {
    const { newest, others = [] } = responses;
    if (newest) end.call(newest);
    for (const each of others) end.call(each);
  });
  return responses;
}
