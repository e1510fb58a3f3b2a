import {
  type AnyHandler,
  guarded,
  hasHandler,
  type Instance,
  observe,
  warnOnce,
  wrap,
  wrapMethods,
} from "@prefreeze/core/adapter";
import { describeRequest } from "./describe-request.js";
import { has, METHODS, serverOf } from "./shapes.js";

type FindInstance = () => Instance | undefined;

const described = Object.fromEntries(
  ["fetch", ...METHODS].map((name) => [name, (args: readonly unknown[]) => describeRequest(args)]),
);

/**
 * Wraps an object that answers requests, in place: one with `fetch` or handlers by HTTP method, a server of
 * `node:http` or an app that has one, or an app of Koa.
 *
 * @returns the object itself; if it cannot be changed, a copy of it
 * @throws TypeError if it is none of these
 */
export function wrapApp<T extends object>(app: T, instance: FindInstance): T {
  const object = Object(app) as T;
  if (!answersByMethods(object)) {
    const server = serverOf(object);
    if (server) {
      replace(server, "emit", (emit) => observedEmit(emit, instance));
      return app;
    }
    if (has(object, "callback") && has(object, "listen")) {
      replace(object, "callback", (callback) => observedCallback(callback, instance));
      return app;
    }
  }
  return wrapMethods(app, instance, described);
}

/** Wraps a handler function, and its `fetch` and handlers by HTTP method: Vercel prefers these if it has any. */
export function wrapHandler<H extends AnyHandler>(handler: H, instance: FindInstance): H {
  if (typeof handler === "function" && answersByMethods(handler))
    wrapMethods(handler, instance, described);
  return wrap(handler, instance, (args) => describeRequest(args));
}

function answersByMethods(object: object): boolean {
  return Object.keys(described).some((name) => hasHandler(object, name));
}

const replaced = Symbol.for("prefreeze/1/replaced");

/** Replaces a method in place, once. */
function replace(object: object, name: string, make: (method: AnyHandler) => AnyHandler): void {
  const method = Reflect.get(object, name) as AnyHandler;
  if (replaced in method) return;
  const isReplaced = Reflect.defineProperty(object, name, {
    value: Object.assign(make(method), { [replaced]: true }),
    writable: true,
    configurable: true,
    enumerable: Reflect.getOwnPropertyDescriptor(object, name)?.enumerable ?? false,
  });
  if (!isReplaced) warnOnce(`frozen ${name}`, `the app is frozen, so its requests are not counted`);
}

/** The events of a server that bring a request and its response. */
const REQUESTS = new Set<unknown>(["request", "checkContinue", "checkExpectation"]);

function observedEmit(emit: AnyHandler, instance: FindInstance): AnyHandler {
  return function (this: unknown, ...args: unknown[]) {
    const run = () => Reflect.apply(emit, this, args) as boolean;
    if (!REQUESTS.has(args[0])) return run();
    return observe(guarded(instance), () => describeRequest(args.slice(1)), run);
  };
}

function observedCallback(callback: AnyHandler, instance: FindInstance): AnyHandler {
  return function (this: unknown, ...args: unknown[]) {
    const handler = Reflect.apply(callback, this, args) as AnyHandler;
    return wrap(handler, instance, (args) => describeRequest(args));
  };
}
