import { errorTypeOfStatus, type Occasion } from "@prefreeze/core/adapter";
import { requestContext } from "./request-context.js";
import { isNodeResponse } from "./node-response.js";

/** What Vercel tells of one call: `(request)` with a `Response` for a result, or `(req, res)`. */
export function occasionOf(args: readonly unknown[]): Occasion {
  const [request, response] = args;
  const context = requestContext();
  const common = {
    // The request itself stays unread: reading it makes a static Next.js route dynamic.
    key: request ?? {},
    id: context?.headers?.["x-vercel-id"] ?? crypto.randomUUID(),
    trigger: "http",
    hold(flushed, threw) {
      context?.waitUntil?.(flushed);
      // An error can end the process, and `waitUntil` does not hold that up.
      return context?.waitUntil === undefined || threw ? flushed : undefined;
    },
  } as const satisfies Occasion;
  if (!isNodeResponse(response)) {
    return {
      ...common,
      failureIn: (result) =>
        errorTypeOfStatus((result as { status?: unknown } | undefined)?.status),
    };
  }
  return {
    ...common,
    failureIn: () => errorTypeOfStatus(response.statusCode),
    over: () =>
      response.writableEnded
        ? undefined
        : new Promise<void>((resolve) => void response.once("close", () => resolve())),
  };
}
