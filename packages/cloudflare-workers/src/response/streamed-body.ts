/** What the runtime shows of a stream when it is inspected, by the description of the symbol. Test runners that import this may have no streams. */
let inspected: ReadonlyMap<string | undefined, symbol> | undefined;

/**
 * The body of a response if JavaScript streams it, and nothing prevents a copy of the response from being equal to it.
 *
 * All others end, for us, when the handler returns: the runtime sends buffers, passed-through bodies and an
 * `IdentityTransformStream` by itself, and would be slower with JavaScript in between.
 */
export function streamedBody(response: Response): ReadableStream<unknown> | undefined {
  const { body, headers } = response;
  // A body that is used fails in the runtime, and a subclass cannot be copied.
  if (!body || body.locked || response.bodyUsed) return undefined;
  if (Reflect.getPrototypeOf(response) !== Response.prototype) return undefined;
  // A copy would lack what other code has put on it.
  if (Reflect.ownKeys(response).length > 0) return undefined;
  if (headers.has("content-length") || headers.has("content-encoding")) return undefined;
  // Bodies of the runtime itself can be read into a buffer. So can streams of bytes that JavaScript makes, which see
  // how they are read.
  const isMadeHere = shown(body, "supportsBYOB") === false && shown(body, "length") === undefined;
  return isMadeHere ? body : undefined;
}

function shown(body: ReadableStream<unknown>, name: string): unknown {
  inspected ??= new Map(
    Object.getOwnPropertySymbols(ReadableStream.prototype).map((key) => [key.description, key]),
  );
  return Reflect.get(body, inspected.get(name) ?? name);
}
