/** What every response has on it: symbols, in some versions of Node.js. */
let usual: ReadonlySet<string | symbol> | undefined;

/**
 * The body of a response if it is streamed, and nothing prevents a copy of the response from being equal to it.
 *
 * All others end, for us, when the handler returns.
 */
export function streamedBody(response: Response): ReadableStream<unknown> | undefined {
  // A subclass cannot be copied, and a copy would lack what other code has put on it.
  if (Reflect.getPrototypeOf(response) !== Response.prototype) return undefined;
  usual ??= new Set(Reflect.ownKeys(new Response()));
  if (Reflect.ownKeys(response).some((key) => !usual!.has(key))) return undefined;
  const { body } = response;
  if (!body || body.locked || response.bodyUsed) return undefined;
  // The runtime makes a stream of bytes of a text or a buffer, and of what `fetch` answers, which has an address.
  return response.url || !isOfBytes(body) ? body : undefined;
}

function isOfBytes(body: ReadableStream<unknown>): boolean {
  try {
    body.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}
