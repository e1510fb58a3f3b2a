import type { IncomingMessage, ServerResponse } from "node:http";
import { guarded } from "@prefreeze/core/adapter";

/** An app of Express 4 or 5. */
export interface ExpressApp {
  (request: IncomingMessage, response: ServerResponse, next?: unknown): unknown;
  handle: (
    this: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    next?: unknown,
  ) => unknown;
  use: (this: unknown, ...args: unknown[]) => unknown;
  /** The prototype of its requests. */
  readonly request: object;
  /** Of Express 5. In Express 4, reading it throws. */
  readonly router?: Router;
  /** Of Express 4. */
  readonly _router?: Router;
  readonly lazyrouter?: unknown;
}

interface Router {
  readonly stack: readonly Layer[];
}

/** One `use()` or one route of a router. */
interface Layer {
  handle: ((...args: unknown[]) => unknown) & Partial<Router>;
  /** Of a route. */
  readonly route?: unknown;
  /** The path as it was written, in newer versions of Express 5. */
  readonly rawPath?: unknown;
  /** Of Express 4, if it was mounted at `/`. */
  readonly regexp?: { readonly fast_slash?: boolean };
  /** Of Express 5, the same. */
  readonly slash?: boolean;
  match(path: string): unknown;
}

interface ExpressRequest extends IncomingMessage {
  readonly app?: unknown;
  readonly baseUrl?: string;
  readonly params?: Params;
  [mounts]?: Mount[];
  [matched]?: Matched;
}

/** Where a router is mounted: what the request has there, and the template. */
interface Mount {
  readonly base: string;
  readonly template: string;
  readonly params: Params;
}

type Params = Readonly<Record<string, unknown>>;

/** The newest route that has matched, and the base that it was found at. */
interface Matched {
  readonly route: unknown;
  readonly base: string;
}

const mounts = Symbol("mounts");
const matched = Symbol("matched");

/** What a template says if nobody can tell it from what it has matched. */
const UNKNOWN = "/*";
/** The most bases of one router that are told apart. */
const MAX_BASES = 20;

const watchedRouters = new WeakMap<object, number>();
const watchedApps = new WeakSet<ExpressApp>();
const watchedLayers = new WeakSet<Layer>();

export function isExpressApp(value: unknown): value is ExpressApp {
  const { handle, use, set, request } = Object(value) as Readonly<Record<string, unknown>>;
  return (
    typeof value === "function" &&
    [handle, use, set].every((method) => typeof method === "function") &&
    typeof request === "object"
  );
}

/** Notes the routes of all requests that the app gets from now on, and those of the apps in it. */
export function watchExpressApp(app: ExpressApp): void {
  if (watchedApps.has(app)) return;
  watchedApps.add(app);
  watchRequests(app.request);
  const { handle, use } = app;
  app.handle = function (this: unknown, ...args) {
    // Not before: reading it in Express 5 fixes settings of the app.
    const router = app.lazyrouter ? app._router : app.router;
    if (hasChanged(router)) guarded(() => watchRouter(router));
    return Reflect.apply(handle, this, args);
  };
  app.use = function (this: unknown, ...args) {
    guarded(() => {
      for (const used of args.flat(Infinity)) if (isExpressApp(used)) watchExpressApp(used);
    });
    return Reflect.apply(use, this, args);
  };
}

/**
 * The template of the route that has answered, with those of the routers around it.
 *
 * @returns undefined if no route has matched
 */
export function expressRoute(request: IncomingMessage): string | undefined {
  const found = (request as ExpressRequest)[matched];
  if (!found) return undefined;
  const { path } = Object(found.route) as { readonly path?: unknown };
  const around = templateAt(request, found.base);
  const own = templateOf(path);
  return around && own === "/" ? around : around + own;
}

/** A path as it was written: a text, a pattern, or several of them. */
function templateOf(path: unknown): string {
  return Array.isArray(path) ? path.map(templateOf).join("|") : String(path ?? "");
}

/** The template of the router that the request has this base in. */
function templateAt(request: ExpressRequest, base: string): string {
  if (base === "") return "";
  const found = request[mounts]?.findLast((mount) => mount.base === base);
  return found?.template ?? UNKNOWN;
}

/**
 * Express sets `request.route` when a route has matched, and never takes it back; but `baseUrl` is another one by
 * the time a handler of errors answers. So both are noted at that moment.
 */
function watchRequests(prototype: object): void {
  Object.defineProperty(prototype, "route", {
    configurable: true,
    enumerable: true,
    get(this: ExpressRequest) {
      return this[matched]?.route;
    },
    set(this: ExpressRequest, route: unknown) {
      this[matched] = { route, base: this.baseUrl ?? "" };
      // An app that was mounted before this one was watched shows itself only now.
      const app = this.app as ExpressApp | undefined;
      if (app && !watchedApps.has(app))
        guarded(() => {
          if (isExpressApp(app)) watchExpressApp(app);
        });
    },
  });
}

/** Notes the templates of the routers in this one, and of those in them. */
function watchRouter(router: Router | undefined): void {
  if (!hasChanged(router)) return;
  const { stack } = router;
  watchedRouters.set(router, stack.length);
  for (const layer of stack as Layer[]) {
    if (layer.route || watchedLayers.has(layer)) continue;
    watchedLayers.add(layer);
    watchRouter(layer.handle as Partial<Router> as Router);
    if (layer.handle.length > 3 || (isMountedAtRoot(layer) && !layer.handle.stack)) continue;
    const templates = new Map<string, string>();
    // All else about it is the same, such as the stack that other tools list.
    layer.handle = new Proxy(layer.handle, {
      apply(handle, self, args: unknown[]) {
        guarded(() => {
          noteMount(args[0] as ExpressRequest, layer, templates);
          watchRouter(handle as Partial<Router> as Router);
        });
        return Reflect.apply(handle, self, args);
      },
    });
  }
}

function hasChanged(router: Router | undefined): router is Router {
  return Array.isArray(router?.stack) && watchedRouters.get(router) !== router.stack.length;
}

function isMountedAtRoot({ regexp, slash }: Layer): boolean {
  return slash === true || regexp?.fast_slash === true;
}

function noteMount(request: ExpressRequest, layer: Layer, templates: Map<string, string>): void {
  const { baseUrl: base = "", params = {} } = request;
  const noted = (request[mounts] ??= []);
  if (isMountedAtRoot(layer) || noted.some((mount) => mount.base === base)) return;
  const around = noted.findLast((mount) => base.startsWith(`${mount.base}/`));
  const added = base.slice(around?.base.length ?? 0);
  const own = Object.entries(params).filter(
    // Routers with `mergeParams` have those of the routers around them.
    ([name, value]) => around?.params[name] !== value,
  );
  const template =
    layer.rawPath === undefined
      ? inferred(added, own, layer, templates)
      : templateOf(layer.rawPath);
  noted.push({ base, template: (around?.template ?? "") + template.replace(/\/$/, ""), params });
}

type Entries = (readonly [name: string, value: unknown])[];

/** What a layer is mounted at, told from what it has matched: older versions of Express do not keep it. */
function inferred(
  added: string,
  params: Entries,
  layer: Layer,
  templates: Map<string, string>,
): string {
  const key = params.length > 0 ? params.map(([name]) => name).join("/") : added.toLowerCase();
  const known = templates.get(key);
  if (known !== undefined) return known;
  // A pattern that matches too much is not worth the search.
  if (templates.size >= MAX_BASES) return UNKNOWN;
  const fixed = params.length === 0 && isFixed(added, layer);
  const template = fixed ? key : params.length > 0 ? named(added, params, layer) : UNKNOWN;
  if (template !== UNKNOWN || params.length === 0) templates.set(key, template);
  return template;
}

/** Puts the names of the parameters in the place of their values. */
function named(added: string, params: Entries, layer: Layer): string {
  const segments = added.split("/");
  const values = segments.map(decoded);
  const first = places(values, params);
  const last = places(values.toReversed(), params.toReversed())
    .map((place) => values.length - 1 - place)
    .toReversed();
  // A value that other segments have, too, may be in another place: another request tells.
  if (first.length < params.length || first.some((place, i) => place !== last[i])) return UNKNOWN;
  const isFixedSegment = (i: number) => {
    const start = segments.slice(0, i).join("/").length + 1;
    return i === 0 || isFixed(added, layer, start, start + segments[i]!.length);
  };
  const template = segments.map((segment, i) => {
    const place = first.indexOf(i);
    if (place !== -1) return `:${params[place]![0]}`;
    return isFixedSegment(i) ? segment.toLowerCase() : undefined;
  });
  return template.includes(undefined) ? UNKNOWN : template.join("/");
}

/** The first segments that have the values of the parameters, in their order. */
function places(segments: readonly string[], params: Entries): number[] {
  const found: number[] = [];
  for (const [, value] of params) {
    const place = segments.indexOf(String(value), (found.at(-1) ?? -1) + 1);
    if (place === -1) break;
    found.push(place);
  }
  return found;
}

/** Whether the layer matches these characters alone: not the same path with another letter or digit there. */
function isFixed(path: string, layer: Layer, start = 0, end = path.length): boolean {
  if (path.length > 100) return false;
  const matches = (other: string) => {
    const { path: before, params } = layer as { path?: unknown; params?: unknown };
    try {
      return Boolean(layer.match(other));
    } catch {
      // It is a parameter, which cannot be decoded any more.
      return true;
    } finally {
      Object.assign(layer, { path: before, params });
    }
  };
  return !Array.from(path.slice(start, end), (_, i) => start + i).some((i) => {
    const char = path[i]!;
    if (!/[a-z\d]/i.test(char)) return false;
    return (/\d/.test(char) ? "059" : "amz").split("").some((other) => {
      if (other === char.toLowerCase()) return false;
      return matches(path.slice(0, i) + other + path.slice(i + 1));
    });
  });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
