/** The metadata of streamed HTTP responses, by stream. */
const metadata = new WeakMap<object, unknown>();

interface HttpResponseStream {
  from(stream: object, metadata: unknown): unknown;
}

let watched: HttpResponseStream | undefined;

/**
 * Notes the metadata that handlers pass to the runtime's `awslambda.HttpResponseStream.from`: nothing else
 * knows the status of a streamed response.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/response-streaming-tutorial.html
 */
export function watchHttpResponseStreams(): void {
  const { awslambda } = globalThis as {
    readonly awslambda?: { HttpResponseStream?: HttpResponseStream };
  };
  const streams = awslambda?.HttpResponseStream;
  if (!streams || streams === watched) return;
  watched = streams;
  const from = streams.from.bind(streams);
  streams.from = (stream, given) => {
    metadata.set(stream, given);
    return from(stream, given);
  };
}

/** The metadata of a streamed response, which takes the place of a result. @returns undefined if there is none */
export function streamedResult(stream: unknown): unknown {
  return metadata.get(Object(stream) as object);
}
