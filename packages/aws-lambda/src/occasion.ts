import { errorTypeOfStatus, type Occasion } from "@prefreeze/core/adapter";
import { isHttpEvent } from "./http-event.js";
import type { LambdaContext } from "./lambda-context.js";

/** What Lambda tells of one call, `(event, context)` or, for a streaming handler, `(event, stream, context)`. */
export function occasionOf(args: readonly unknown[]): Occasion {
  const context = args.slice(1).find(isContext);
  const http = isHttpEvent(args[0]);
  return {
    key: context?.awsRequestId ?? {},
    id: context?.awsRequestId ?? "",
    trigger: http ? "http" : "other",
    deadlineMs: context && Date.now() + context.getRemainingTimeInMillis(),
    failureIn: (result) =>
      http
        ? errorTypeOfStatus((result as { statusCode?: unknown } | null | undefined)?.statusCode)
        : undefined,
    hold: (flushed) => flushed,
  };
}

function isContext(value: unknown): value is LambdaContext {
  return (
    typeof (value as Partial<LambdaContext> | null | undefined)?.getRemainingTimeInMillis ===
    "function"
  );
}
