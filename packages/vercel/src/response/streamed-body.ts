/** The body of a response if it is streamed. All others end, for us, when the handler returns. */
export function streamedBody(response: Response): ReadableStream<unknown> | undefined {
  const { body } = response;
  if (!body || body.locked || response.bodyUsed) return undefined;
  // The runtime makes a stream of bytes of a text or a buffer, and of what `fetch` answers, which has an address.
  return response.url || !isOfBytes(body) ? body : undefined;
}

/** Whether a stream that nobody reads is one of `type: "bytes"`. */
export function isOfBytes(body: ReadableStream<unknown>): boolean {
  try {
    body.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** What every response has on it: symbols, in some versions of Node.js. */
let usual: ReadonlySet<string | symbol> | undefined;

/**
 * Whether a copy of a response is equal to it: not if it has a class of its own, as that of Next.js, or if other
 * code has put something on it.
 */
export function isCopyable(response: Response): boolean {
  usual ??= new Set(Reflect.ownKeys(new Response()));
  return (
    Reflect.getPrototypeOf(response) === Response.prototype &&
    response.url === "" &&
    Reflect.ownKeys(response).every((key) => usual!.has(key))
  );
}
