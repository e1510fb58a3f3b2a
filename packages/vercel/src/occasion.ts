import { errorTypeOfStatus, type Occasion } from "@prefreeze/core/adapter";
import { requestContext } from "./request-context.js";
import { isNodeResponse } from "./node-response.js";

/** What Vercel tells of one call: `(request)` with a `Response` for a result, or `(req, res)`. */
export function occasionOf([request, response]: readonly unknown[]): Occasion {
  const context = requestContext();
  const res = isNodeResponse(response) ? response : undefined;
  return {
    // The request itself stays unread: reading it makes a static Next.js route dynamic.
    key: request ?? {},
    id: context?.headers?.["x-vercel-id"] ?? crypto.randomUUID(),
    trigger: "http",
    failureIn: (result) =>
      errorTypeOfStatus(
        res ? res.statusCode : (result as { status?: unknown } | undefined)?.status,
      ),
    over: (promised) =>
      res && !promised && !res.writableEnded
        ? new Promise((resolve) => void res.once("close", resolve))
        : undefined,
    hold(flush, threw) {
      const flushed = flush();
      context?.waitUntil?.(flushed);
      // An error can end the process, and `waitUntil` does not hold that up.
      return context?.waitUntil && !threw ? undefined : flushed;
    },
  };
}
