/** The metadata of an HTTP response that is streamed, by its stream. */
const metadata = new WeakMap<object, unknown>();

interface HttpResponseStream {
  from(stream: object, metadata: unknown): unknown;
}

let watched: HttpResponseStream | undefined;

/**
 * Notes the metadata that handlers give to the runtime's `awslambda.HttpResponseStream.from`: that alone
 * knows the status of a response that is streamed.
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

/** What stands for the result of a streaming handler: the metadata, where it gave any. */
export function streamedResult(stream: unknown): unknown {
  return metadata.get(Object(stream) as object);
}
