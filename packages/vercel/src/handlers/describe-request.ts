import type { InvocationDescriptor } from "@prefreeze/core/adapter";
import { requestContext } from "../runtime/request-context.js";
import { isNodeResponse, nodeResponse } from "./node.js";
import { webResponse } from "./web.js";

/** Describes one call of a Vercel function: `(request)` with a `Response` as its result, or `(req, res)`. */
export function describeRequest([request, response]: readonly unknown[]): InvocationDescriptor {
  const context = requestContext();
  return {
    // The request stays unread, since reading it would make a static Next.js route dynamic.
    key: request ?? {},
    id: context?.headers?.["x-vercel-id"] ?? crypto.randomUUID(),
    trigger: "http",
    ...(isNodeResponse(response) ? nodeResponse(response) : webResponse),
    keepAlive(flush, threw) {
      const flushed = flush();
      context?.waitUntil?.(flushed);
      // An error can end the process, and `waitUntil` does not prevent that.
      return context?.waitUntil && !threw ? undefined : flushed;
    },
  };
}
