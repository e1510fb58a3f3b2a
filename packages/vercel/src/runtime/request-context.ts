/** The context that Vercel's server keeps for each request. `waitUntil` of `@vercel/functions` uses it, too. */
export interface RequestContext {
  /** Keeps the function from freezing until the promise settles. */
  waitUntil?(promise: Promise<unknown>): void;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const key = Symbol.for("@vercel/request-context");

/** The context of the current request. @returns undefined if the server keeps none */
export function requestContext(): RequestContext | undefined {
  const holder = (globalThis as { [key]?: { get?(): RequestContext | undefined } })[key];
  return holder?.get?.();
}
