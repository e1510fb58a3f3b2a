import { type InvocationDescriptor, isThrownAnswer } from "@prefreeze/core/adapter";
import { requestContext, waitUntilOf } from "../runtime/request-context.js";
import { noteError } from "../runtime/seen-errors.js";
import { isNodeResponse, nodeResponse } from "./node.js";
import { webResponse } from "./web.js";

/**
 * Describes one call of a Vercel function: `(request)` or `(request, event)` with a `Response` as its result,
 * or `(req, res)`.
 */
export function describeRequest([request, second]: readonly unknown[]): InvocationDescriptor {
  const context = requestContext();
  const waitUntil = waitUntilOf(context, second);
  const response = isNodeResponse(second) ? nodeResponse(second) : webResponse;
  let answered = false;
  let flushed: Promise<void> | undefined;
  return {
    ...response,
    // The request stays unread, since reading it would make a static Next.js route dynamic.
    // A server action may get the same text or number twice at once.
    key: Object(request),
    id: context?.headers?.["x-vercel-id"] ?? crypto.randomUUID(),
    trigger: "http",
    // The framework around the handler makes a response of it.
    isAnswer(thrown) {
      noteError(thrown);
      return (answered = isThrownAnswer(thrown));
    },
    completion(promised) {
      const over = response.completion?.(promised);
      // The function may freeze as soon as its response has ended. By the second `then`, the flush has begun.
      if (over) waitUntil?.(over.then(() => undefined).then(() => flushed));
      return over;
    },
    keepAlive(flush, threw) {
      flushed = flush();
      waitUntil?.(flushed);
      // An error can end the process, and `waitUntil` does not prevent that. Without a framework, whatever a
      // `(req, res)` handler throws does.
      const waits = threw && !(answered && response === webResponse);
      return waitUntil && !waits ? undefined : flushed;
    },
  };
}
