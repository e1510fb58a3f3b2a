import type { IncomingMessage, ServerResponse } from "node:http";
import {
  beginObservation,
  errorTypeOfStatus,
  type Instance,
  invocations,
  type Observation,
} from "@prefreeze/core/adapter";
import { flushWithin } from "../process/flush-within.js";

/** How often a Web Function pushes while its requests overlap. */
const SHARED_PUSH_MS = 1_000;

/** Makes an invocation of each request that a Web Function gets. It ends with the response. */
export function observeIn(instance: Instance) {
  return (request: IncomingMessage, response: ServerResponse): Observation | undefined =>
    beginObservation(instance, () => ({
      key: request,
      // Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-web-functions.html
      id: String(request.headers["lambda-web-request-id"] ?? ""),
      trigger: "http",
      failureIn: () => errorTypeOfStatus(response.statusCode),
      keepAlive(flush) {
        // While no request is under way, the environment may be frozen, so this is the last moment.
        if (invocations.running.size === 0) void flush(true);
        else flushWithin(SHARED_PUSH_MS, () => instance.pusher?.flusher.flush(undefined, true));
        return undefined;
      },
    }));
}
