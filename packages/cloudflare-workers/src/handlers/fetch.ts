import { errorTypeOfResponse, type InvocationDescriptor } from "@prefreeze/core/adapter";
import { inContext } from "./in-context.js";

/** Describes a request: `(request, env, ctx)`. */
export function describeFetch([request, , ctx]: readonly unknown[]): InvocationDescriptor {
  return {
    ...inContext(ctx),
    id: (request as Request).headers.get("cf-ray") ?? crypto.randomUUID(),
    trigger: "http",
    // The client then gets 500.
    failureIn: (response) =>
      response instanceof Response ? errorTypeOfResponse(response) : "NoResponse",
  };
}
