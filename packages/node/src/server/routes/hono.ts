import type { IncomingMessage, ServerResponse } from "node:http";
import { guarded } from "@prefreeze/core/adapter";

/** An app of Hono 4. */
export interface HonoApp {
  fetch: (this: unknown, request: unknown, ...rest: unknown[]) => unknown;
  getPath: (this: unknown, request: unknown, options?: { readonly env?: unknown }) => string;
  router: HonoRouter;
}

interface HonoRouter {
  readonly name: string;
  add(method: string, path: string, handler: unknown): void;
  match(method: string, path: string): MatchResult;
}

type MatchResult = readonly [handlers: readonly Handlers[], ...unknown[]];
type Handlers = readonly [[handler: unknown, route: HonoRoute | undefined], ...unknown[]];

interface HonoRoute {
  readonly method: string;
  readonly path: string;
}

/** What `@hono/node-server` passes to the app beside the request. */
interface NodeEnv {
  readonly incoming?: IncomingMessage;
  readonly outgoing?: ServerResponse;
}

/** All methods, as `use()` and `all()` have them. */
const ALL = "ALL";

export function isHonoApp(value: unknown): value is HonoApp {
  const { getPath, router, fetch } = value as Readonly<Record<string, unknown>>;
  const { match, add } = Object(router) as Readonly<Record<string, unknown>>;
  return [getPath, fetch, match, add].every((method) => typeof method === "function");
}

/** Tells each request that the app gets from `@hono/node-server`, and its route. */
export function watchHonoApp(
  app: HonoApp,
  answer: (request: IncomingMessage, response: ServerResponse, run: () => unknown) => unknown,
  tell: (response: ServerResponse, route: string) => void,
): void {
  const { fetch, router, getPath } = app;
  app.fetch = (request, ...rest) => {
    const { incoming, outgoing } = Object(rest[0]) as NodeEnv;
    const run = () => Reflect.apply(fetch, app, [request, ...rest]);
    return incoming && outgoing ? answer(incoming, outgoing, run) : run();
  };
  /** The router is asked in the same turn. */
  let current: ServerResponse | undefined;
  app.getPath = (request, options) => {
    const { incoming, outgoing } = Object(options?.env) as NodeEnv;
    current = outgoing;
    // The server may have taken `fetch` before.
    if (incoming && outgoing) answer(incoming, outgoing, () => undefined);
    return Reflect.apply(getPath, app, [request, options]);
  };
  // Not a method of the router itself, which it replaces when it has chosen the quickest one.
  app.router = {
    get name() {
      return router.name;
    },
    add: (method, path, handler) => router.add(method, path, handler),
    match(method, path) {
      const result = router.match(method, path);
      const response = current;
      current = undefined;
      if (response) guarded(() => tell(response, routeIn(result)));
      return result;
    },
  };
}

/**
 * The first route of this method without a wildcard, since handlers and middleware are one to Hono; then one with it.
 * What only matches middleware has no route.
 */
function routeIn([handlers]: MatchResult): string {
  const routes = handlers.flatMap(([[, route]]) => route ?? []);
  const isExact = ({ path }: HonoRoute) => !path.endsWith("*");
  const found =
    routes.find((route) => route.method !== ALL && isExact(route)) ??
    routes.find((route) => route.method !== ALL) ??
    routes.find(isExact);
  return found?.path ?? "";
}
