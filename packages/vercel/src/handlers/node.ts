import type { ServerResponse } from "node:http";
import { errorTypeOfStatus, type InvocationDescriptor } from "@prefreeze/core/adapter";

/** Whether a handler's second argument is Node's response, as `(req, res)` handlers get it. */
export function isNodeResponse(value: unknown): value is ServerResponse {
  const { end, once } = Object(value) as { readonly end?: unknown; readonly once?: unknown };
  return typeof end === "function" && typeof once === "function";
}

/**
 * How an invocation ends if it answers through Node's response: when the response closes. That may be long
 * after the handler has returned or its promise has resolved, for which the caller does not wait.
 */
export function nodeResponse(
  res: ServerResponse,
): Pick<InvocationDescriptor, "failureIn" | "completion" | "detached"> {
  return {
    failureIn: () => errorTypeOfStatus(res.statusCode),
    detached: true,
    completion: () =>
      res.writableEnded || res.destroyed
        ? undefined
        : new Promise((resolve) => void res.once("close", resolve)),
  };
}
