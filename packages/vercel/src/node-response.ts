import type { ServerResponse } from "node:http";

/** Whether a handler's second argument is Node's response, as `(req, res)` handlers get it. */
export function isNodeResponse(value: unknown): value is ServerResponse {
  const { end, once } = Object(value) as { readonly end?: unknown; readonly once?: unknown };
  return typeof end === "function" && typeof once === "function";
}
