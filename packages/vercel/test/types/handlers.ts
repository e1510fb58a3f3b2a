import type { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { instrument } from "@prefreeze/vercel";
import { type Equal, holds } from "../../../../test/types/equal.js";

// The types of `@vercel/node`, reduced to what matters here.
type VercelRequest = IncomingMessage & {
  readonly query: Partial<Record<string, string | string[]>>;
};
type VercelResponse = ServerResponse & { json(body: unknown): VercelResponse };
type VercelApiHandler = (
  req: VercelRequest,
  res: VercelResponse,
) => void | VercelResponse | Promise<void | VercelResponse>;

// Declared handlers keep their types.
declare const api: VercelApiHandler;
const wrappedApi = instrument(api, { job: "shop" });
holds<Equal<typeof wrappedApi, VercelApiHandler>>();

const typed = instrument((req: VercelRequest, res: VercelResponse) => res.json(req.query));
holds<Equal<typeof typed, (req: VercelRequest, res: VercelResponse) => VercelResponse>>();

// Without annotations, parameters get the types of what the wrapped handler is assigned to.
export const inPlace: VercelApiHandler = instrument(async (req, res) => {
  holds<Equal<typeof req, VercelRequest>>();
  // @ts-expect-error -- a response has no such method
  res.nonsense();
  res.json(req.query);
});
type Middleware = (
  request: Request,
  event: { waitUntil(promise: Promise<unknown>): void },
) => Response;
export const middleware: Middleware = instrument((request, event) => {
  event.waitUntil(Promise.resolve(request.url));
  // @ts-expect-error -- an event has no such method
  event.nonsense();
  return new Response();
});
// @ts-expect-error -- the handler takes a number
export const wrong: VercelApiHandler = instrument(async (_req: number) => undefined);

// A server action takes what its form sends.
const action = instrument(async (form: URLSearchParams) => form.get("plan"));
holds<Equal<typeof action, (form: URLSearchParams) => Promise<string | null>>>();

// A route handler of Next.js keeps its second parameter.
const route = instrument(
  async (_request: Request, { params }: { params: Promise<{ id: string }> }) =>
    Response.json(await params),
);
holds<
  Equal<
    typeof route,
    (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>
  >
>();

// Inline handlers: the request needs no annotation.
export const GET = instrument(async (request) => {
  holds<Equal<typeof request, Request>>();
  return new Response(request.url);
});
holds<Equal<typeof GET, (request: Request) => Promise<Response>>>();

const handlers = instrument({
  fetch(request) {
    holds<Equal<typeof request, Request>>();
    return new Response(request.url);
  },
  helper: (): number => 7,
});
holds<Equal<ReturnType<typeof handlers.fetch>, Response>>();
holds<Equal<ReturnType<typeof handlers.helper>, number>>();

// Apps keep their types.
interface App extends EventEmitter {
  callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  listen(port: number): Server;
  use(middleware: (context: { body: unknown }) => void): this;
}
declare const koa: App;
const wrappedKoa = instrument(koa);
holds<Equal<typeof wrappedKoa, App>>();
const server = instrument(createServer());
holds<Equal<typeof server, Server>>();
declare const fastify: {
  readonly server: Server;
  listen(options: { port: number }): Promise<string>;
};
const wrappedFastify = instrument(fastify);
holds<Equal<typeof wrappedFastify, typeof fastify>>();
declare const nest: { getHttpServer(): unknown; listen(port: number): Promise<unknown> };
const wrappedNest = instrument(nest);
holds<Equal<typeof wrappedNest, typeof nest>>();
interface Express {
  (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void): void;
  get(path: string, handler: (req: IncomingMessage, res: ServerResponse) => unknown): this;
  listen(port: number): Server;
}
declare const express: Express;
const wrappedExpress = instrument(express);
holds<Equal<typeof wrappedExpress, Express>>();
class Router {
  fetch(request: Request, env?: object): Response | Promise<Response> {
    return new Response(request.url + String(env));
  }

  get(_path: string): this {
    return this;
  }
}
const router = instrument(new Router()).get("/");
holds<Equal<typeof router, Router>>();
const byMethod = instrument({
  GET: (request: Request) => new Response(request.url),
  POST: async (_request: Request) => new Response(),
});
holds<Equal<ReturnType<typeof byMethod.GET>, Response>>();
holds<Equal<ReturnType<typeof byMethod.POST>, Promise<Response>>>();

// @ts-expect-error -- an app of no framework
instrument({ listen: (port: number) => port });
// @ts-expect-error -- what has the name of a method is no handler
instrument({ GET: "handler" });
// @ts-expect-error -- not a handler
instrument("handler");
// @ts-expect-error -- it has no `fetch`
instrument({ helper: (): number => 7 });
// @ts-expect-error -- there is no such option
instrument(api, { flushTimeout: 1_000 });
