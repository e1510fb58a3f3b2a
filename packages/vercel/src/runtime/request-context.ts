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

type WaitUntil = (promise: Promise<unknown>) => void;

/**
 * Keeps the function from freezing: by Vercel's request context, or by the event that the edge runtime passes
 * to its handlers.
 *
 * @returns undefined if there is neither
 */
export function waitUntilOf(
  context: RequestContext | undefined,
  event: unknown,
): WaitUntil | undefined {
  const holders = [context, event] as readonly (RequestContext | null | undefined)[];
  const holder = holders.find((each) => typeof each?.waitUntil === "function");
  return holder ? (promise) => holder.waitUntil!(promise) : undefined;
}
