/** The context that Vercel's server keeps for each request. `waitUntil` of `@vercel/functions` uses it, too. */
export interface RequestContext {
  /** Keeps the function from freezing until the promise settles. Undefined if the server offers none. */
  readonly waitUntil: WaitUntil | undefined;
  /** When Vercel ends the invocation, in milliseconds since 1970. Undefined if the server does not tell. */
  readonly deadlineMs: number | undefined;
  /** A header of the request, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
}

/** Keeps the function from freezing until the promise settles. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** Vercel's own, and the one that Next.js reads, which other hosts of it set, too. */
const keys = [Symbol.for("@vercel/request-context"), Symbol.for("@next/request-context")];

/** What a holder of properties has by this name; undefined if reading it throws, or if every object has it. */
function propertyOf(holder: unknown, name: string): unknown {
  try {
    const value: unknown = Reflect.get(Object(holder) as object, name);
    return value === Reflect.get(Object.prototype, name) ? undefined : value;
  } catch {
    return undefined;
  }
}

function methodOf(holder: unknown, name: string): ((given?: unknown) => unknown) | undefined {
  const method = propertyOf(holder, name);
  return typeof method === "function"
    ? (given) => Reflect.apply(method, holder, [given]) as unknown
    : undefined;
}

/** What a method of this name returns; undefined if there is none, or if it throws. */
function resultOf(holder: unknown, name: string, given?: unknown): unknown {
  try {
    return methodOf(holder, name)?.(given);
  } catch {
    return undefined;
  }
}

/**
 * The context of the current request, as far as it can be read.
 *
 * @param event a second holder of `waitUntil`: the event that the edge runtime passes to its handlers
 */
export function requestContext(event?: unknown): RequestContext {
  const context = keys.map((key) => resultOf(Reflect.get(globalThis, key), "get")).find(Boolean);
  const headers = propertyOf(context, "headers");
  return {
    waitUntil: methodOf(context, "waitUntil") ?? methodOf(event, "waitUntil"),
    deadlineMs: timeOf(propertyOf(context, "deadline")),
    header: (name) => {
      const value = resultOf(headers, "get", name) ?? propertyOf(headers, name);
      return typeof value === "string" ? value : undefined;
    },
  };
}

/** A time as a `Date`, as its text, or in milliseconds since 1970. @returns undefined for anything else */
function timeOf(given: unknown): number | undefined {
  if (typeof given !== "string" && typeof given !== "number" && !(given instanceof Date))
    return undefined;
  const number = Number(given);
  const timeMs = Number.isNaN(number) ? Date.parse(String(given)) : number;
  return Number.isFinite(timeMs) ? timeMs : undefined;
}
