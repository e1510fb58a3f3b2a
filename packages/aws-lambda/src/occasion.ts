import { errorTypeOfStatus, type Occasion, state } from "@prefreeze/core/adapter";
import { isHttpEvent } from "./http-event.js";
import type { LambdaContext } from "./lambda-context.js";

/** What Lambda tells of one call, `(event, context)` or, for a streaming handler, `(event, stream, context)`. */
export function occasionOf(args: readonly unknown[]): Occasion {
  const context = args.slice(1).find(isContext);
  const remainingMs = context?.getRemainingTimeInMillis?.();
  const http = isHttpEvent(args[0]);
  return {
    // A call that brings no id can only come from inside of the invocation that runs.
    key: context?.awsRequestId ?? state.store.getStore()?.key ?? {},
    id: context?.awsRequestId ?? "",
    trigger: http ? "http" : "other",
    deadlineMs: remainingMs ? Date.now() + remainingMs : undefined,
    failureIn: (result) =>
      http
        ? errorTypeOfStatus((result as { statusCode?: unknown } | null | undefined)?.statusCode)
        : undefined,
    hold: (flush) => flush(),
  };
}

function isContext(value: unknown): value is Partial<LambdaContext> {
  return typeof (value as Partial<LambdaContext> | null | undefined)?.awsRequestId === "string";
}
