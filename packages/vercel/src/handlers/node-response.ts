import type { ServerResponse } from "node:http";
import { errorTypeOfStatus } from "@prefreeze/core/adapter";
import type { ResponseEnd } from "./response-end.js";

/** Whether a handler's second argument is Node's response, as `(req, res)` handlers get it. */
export function isNodeResponse(value: unknown): value is ServerResponse {
  const { end, once } = Object(value) as { readonly end?: unknown; readonly once?: unknown };
  return typeof end === "function" && typeof once === "function";
}

/**
 * How an invocation ends if it answers through Node's response: when the response closes. That may be long
 * after the handler has returned or its promise has resolved, for which the caller does not wait.
 */
export function nodeResponse(res: ServerResponse): ResponseEnd {
  let canceled = res.destroyed;
  // Once the client has gone, the handler may still end its response: it need not notice.
  res.once("close", () => void (canceled ||= !res.writableFinished));
  return {
    isCanceled: () => canceled,
    failureIn: () => errorTypeOfStatus(res.statusCode),
    detached: true,
    completion() {
      // A WebSocket has taken the connection over.
      const isTaken = res.socket === null && !res.writableEnded;
      if (res.writableEnded || res.destroyed || isTaken) return undefined;
      return new Promise<void>((resolve) => void res.once("close", resolve));
    },
  };
}
