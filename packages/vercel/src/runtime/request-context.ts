/** The context that Vercel's server keeps for each request. `waitUntil` of `@vercel/functions` uses it, too. */
export interface RequestContext {
  /** Keeps the function from freezing until the promise settles. */
  waitUntil?(promise: Promise<unknown>): void;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Vercel's own, and the one that Next.js reads, which other hosts of it set, too. */
const keys = [Symbol.for("@vercel/request-context"), Symbol.for("@next/request-context")];

/** The context of the current request. @returns undefined if the server keeps none */
export function requestContext(): RequestContext | undefined {
  const holders = globalThis as Readonly<Record<symbol, Holder | undefined>>;
  for (const key of keys) {
    const context = holders[key]?.get?.();
    if (context) return context;
  }
  return undefined;
}

interface Holder {
  get?(): RequestContext | undefined;
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
