import type { IncomingMessage, ServerResponse } from "node:http";
import { guarded } from "@prefreeze/core/adapter";

/** An app of Koa 2 or 3. */
export interface KoaApp {
  handleRequest: (this: unknown, context: KoaContext, run: unknown) => unknown;
  /** The prototype of its contexts. */
  readonly context: object;
}

export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Of koa-mount: the prefix that is not in the path any more. */
  readonly mountPath?: unknown;
  readonly path: string;
  readonly originalUrl: string;
  [matched]?: string;
  [raw]?: unknown;
}

const matched = Symbol("matched");
const raw = Symbol("raw");

export function isKoaApp(value: unknown): value is KoaApp {
  const { handleRequest, callback, context, middleware } = value as Readonly<
    Record<string, unknown>
  >;
  return (
    [handleRequest, callback].every((method) => typeof method === "function") &&
    typeof context === "object" &&
    Array.isArray(middleware)
  );
}

/** Notes the route that a router of Koa's matches, as `_matchedRoute`, with the prefix of koa-mount. */
export function watchKoaRoutes({ context }: KoaApp): void {
  Object.defineProperty(context, "_matchedRoute", {
    configurable: true,
    enumerable: true,
    get(this: KoaContext) {
      return this[raw];
    },
    set(this: KoaContext, route: unknown) {
      this[raw] = route;
      guarded(() => (this[matched] = prefixOf(this) + String(route ?? "")));
    },
  });
}

export function koaRoute(context: KoaContext): string | undefined {
  return context[matched];
}

/** The prefix stays on the context when the mounted app is left, so it must fit the path. */
function prefixOf({ mountPath, path, originalUrl }: KoaContext): string {
  if (typeof mountPath !== "string") return "";
  const prefix = mountPath.replace(/\/$/, "");
  const whole = originalUrl.split("?")[0]!;
  return whole === prefix + path || whole + "/" === prefix + path ? prefix : "";
}
