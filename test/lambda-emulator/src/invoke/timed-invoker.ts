import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

/** A call as its caller sees it. */
interface TimedAnswer {
  /** The function's result or error, as JSON. */
  readonly payload: string;
  readonly failed: boolean;
  /** From the call to the last byte of the response. */
  readonly responseMs: number;
}

/** A streamed call as its caller sees it. */
interface TimedStream {
  /** From the call to the first byte of the body. */
  readonly firstByteMs: number;
  /** From the call to the last byte of the response. */
  readonly responseMs: number;
}

interface TimedInvoker {
  /** Invokes and waits for the response. */
  invoke(event: unknown): Promise<TimedAnswer>;
  /** Invokes with a response stream. */
  stream(event: unknown): Promise<TimedStream>;
  /** Closes the connection. */
  close(): void;
}

/**
 * Measures the latency of calls: over one connection that is kept open, without the cost of an SDK.
 * If each call shall find a warm environment, await `lambda.settled()` between them.
 */
export function timedInvoker(endpoint: string, functionName: string): TimedInvoker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  async function post(path: string, event: unknown): Promise<IncomingMessage> {
    const sent = request(new URL(path, endpoint), { agent, method: "POST" });
    sent.end(JSON.stringify(event));
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return response;
  }

  return {
    async invoke(event) {
      const sentMs = performance.now();
      const response = await post(`/2015-03-31/functions/${functionName}/invocations`, event);
      const payload = (await buffer(response)).toString();
      const responseMs = performance.now() - sentMs;
      const failed = response.statusCode !== 200 || "x-amz-function-error" in response.headers;
      return { payload, failed, responseMs };
    },
    async stream(event) {
      const sentMs = performance.now();
      const path = `/2021-11-15/functions/${functionName}/response-streaming-invocations`;
      const response = await post(path, event);
      let firstByteMs = Number.NaN;
      response.once("data", () => (firstByteMs = performance.now() - sentMs));
      await once(response.resume(), "end");
      return { firstByteMs, responseMs: performance.now() - sentMs };
    },
    close: () => agent.destroy(),
  };
}
