import type { IncomingMessage, ServerResponse } from "node:http";

/** An instance of Fastify 4 or 5. */
export interface FastifyApp {
  readonly server: object;
  readonly version?: string;
  addHook(
    name: "onRequest",
    hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void,
  ): unknown;
}

interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly routeOptions?: { readonly url?: string | undefined };
}

interface FastifyReply {
  readonly raw: ServerResponse;
}

export function isFastifyApp(value: unknown): value is FastifyApp {
  const { server, addHook, route, inject } = value as Readonly<Record<string, unknown>>;
  return (
    typeof server === "object" &&
    [addHook, route, inject].every((method) => typeof method === "function")
  );
}

type Tell = (
  request: IncomingMessage,
  response: ServerResponse,
  readRoute: () => string | undefined,
) => void;

/**
 * Tells how the route of each request is read.
 *
 * @returns false if the instance has started, and its version does not tell the routes in another way
 */
export function watchFastifyRoutes(app: FastifyApp, tell: Tell): boolean {
  try {
    for (const instance of withPlugins(app))
      instance.addHook("onRequest", (request, reply, done) => {
        // Of what no route matches, Fastify has none.
        tell(request.raw, reply.raw, () => request.routeOptions?.url);
        done();
      });
    return true;
  } catch {
    return watchHandlers(app, tell);
  }
}

/** Plugins that are loaded already do not get the hooks of the instance around them any more. */
function withPlugins(app: FastifyApp): FastifyApp[] {
  const key = Object.getOwnPropertySymbols(app).find(
    ({ description }) => description === "fastify.children",
  );
  const plugins: unknown = key && Reflect.get(app, key);
  return [app, ...(Array.isArray(plugins) ? (plugins as FastifyApp[]).flatMap(withPlugins) : [])];
}

/** What version 5 publishes when a handler begins. It costs more than a hook. */
interface HandlerStart {
  readonly request?: FastifyRequest;
  readonly reply?: FastifyReply;
  readonly route?: { readonly url?: string };
}

function watchHandlers({ version = "" }: FastifyApp, tell: Tell): boolean {
  if (!version.startsWith("5.")) return false;
  const { subscribe } = process.getBuiltinModule("node:diagnostics_channel");
  subscribe("tracing:fastify.request.handler:start", (message) => {
    const { request, reply, route } = message as HandlerStart;
    if (request && reply) tell(request.raw, reply.raw, () => route?.url);
  });
  return true;
}
