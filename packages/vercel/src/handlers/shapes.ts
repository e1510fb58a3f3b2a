import type { AnyHandler } from "@prefreeze/core/adapter";

/** The methods that Vercel looks for among the exports of a function. */
export const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"] as const;

/** An app that answers web requests, and the default export of a function with `export default { fetch }`. */
export interface FetchHandler {
  /** Answers a request. */
  fetch(request: Request, ...more: never[]): Response | Promise<Response>;
}

/** Handlers by HTTP method, as in `export default { GET, POST }`. */
export type MethodHandlers = Partial<Record<(typeof METHODS)[number], AnyHandler>>;

/** A server of `node:http`, reduced to what tells it apart. */
export interface NodeServer {
  /** Starts the server. */
  listen(...args: never[]): unknown;
  /** Calls the listeners of an event. */
  emit(event: string, ...args: never[]): boolean;
  /** Where it listens. */
  address(): unknown;
}

/** An app that has the server of `node:http` which answers for it: of Fastify, or of NestJS. */
export type AppWithServer =
  | { readonly server: NodeServer; listen(...args: never[]): unknown }
  | { getHttpServer(): unknown; listen(...args: never[]): unknown };

/** An app that makes a `(req, res)` handler of itself: of Koa. */
export interface AppWithCallback {
  /** Makes the handler. */
  callback(): AnyHandler;
  /** Starts a server. */
  listen(...args: never[]): unknown;
}

/** Whether an object has this method, by itself or by its class: not because every object has it. */
export function has<N extends string>(object: object, name: N): object is Record<N, AnyHandler> {
  // Read only if it is there: a router's proxy makes a function of any name that is read.
  if (!(name in object)) return false;
  const method: unknown = Reflect.get(object, name);
  return typeof method === "function" && method !== Reflect.get(Object.prototype, name);
}

/** The server of `node:http` that an object is, or has. */
export function serverOf(app: object): NodeServer | undefined {
  const candidates = [
    app,
    "server" in app && app.server,
    has(app, "getHttpServer") && has(app, "listen") && app.getHttpServer(),
  ];
  return candidates.find((each): each is NodeServer => {
    const object = Object(each) as object;
    return has(object, "listen") && has(object, "emit") && has(object, "address");
  });
}
