import type { ServerResponse } from "node:http";

/** An instance of Fastify 4 or 5. */
export interface FastifyApp {
  readonly server: object;
  addHook(
    name: "onRequest",
    hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void,
  ): unknown;
}

interface FastifyRequest {
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

/**
 * Tells how the route of each request is read.
 *
 * @throws if the instance listens already
 */
export function watchFastifyRoutes(
  app: FastifyApp,
  tell: (response: ServerResponse, readRoute: () => string | undefined) => void,
): void {
  app.addHook("onRequest", (request, reply, done) => {
    // Of what no route matches, Fastify has none.
    tell(reply.raw, () => request.routeOptions?.url);
    done();
  });
}
