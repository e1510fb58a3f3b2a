/** What Vercel's server keeps for each request; `waitUntil` of `@vercel/functions` reads the same. */
export interface RequestContext {
  /** Keeps the function from freezing until the promise settles. */
  waitUntil?(promise: Promise<unknown>): void;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const key = Symbol.for("@vercel/request-context");

/** The context of the request that this code runs in; undefined where the server keeps none. */
export function requestContext(): RequestContext | undefined {
  const holder = (globalThis as { [key]?: { get?(): RequestContext | undefined } })[key];
  return holder?.get?.();
}
