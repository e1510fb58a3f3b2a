import { errorTypeOfStatus, type Occasion, state } from "@prefreeze/core/adapter";
import { endsOf } from "./ends.js";
import { currentExtension } from "./extension.js";
import { isHttpEvent } from "./http-event.js";
import { streamedResult } from "./http-response-stream.js";
import { keepAwake } from "./keep-awake.js";
import type { LambdaContext } from "./lambda-context.js";

/**
 * What Lambda tells of one call, `(event, context, callback)` or `(event, responseStream, context)`.
 *
 * @param args what the handler is called with; a callback in it is replaced when the invocation begins
 */
export function occasionOf(args: unknown[]): Occasion {
  const context = args.slice(1).find(isContext);
  const remainingMs = context?.getRemainingTimeInMillis?.();
  const http = isHttpEvent(args[0]);
  const id = context?.awsRequestId ?? "";
  const { attend, over } = endsOf(args);
  // A call that brings no id can only come from inside of the invocation that runs.
  const key = id || (state.store.getStore()?.key ?? {});
  return {
    key,
    id,
    trigger: http ? "http" : "other",
    deadlineMs: remainingMs ? Date.now() + remainingMs : undefined,
    attend(observation) {
      currentExtension()?.begin(id);
      attend(key, observation);
    },
    over,
    failureIn(result) {
      const told = result ?? streamedResult(args[1]);
      return http
        ? errorTypeOfStatus((told as { statusCode?: unknown } | null | undefined)?.statusCode)
        : undefined;
    },
    hold: (flush) => keepAwake(id, flush),
  };
}

function isContext(value: unknown): value is Partial<LambdaContext> {
  return typeof (value as Partial<LambdaContext> | null | undefined)?.awsRequestId === "string";
}
