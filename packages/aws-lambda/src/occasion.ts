import { errorTypeOfStatus, type Occasion, state } from "@prefreeze/core/adapter";
import { endsOf } from "./ends/ends.js";
import { watchDeadline } from "./ends/deadline.js";
import { eventSourceOf } from "./event-source.js";
import { currentExtension } from "./extension/extension.js";
import { streamedResult } from "./ends/http-response-stream.js";
import { isInitializedAhead } from "./initialized-ahead.js";
import { keepAwake } from "./extension/keep-awake.js";
import type { LambdaContext } from "./lambda-context.js";
import type { LambdaPlatform } from "./platform.js";
import { beginMeasures } from "./measures/measures.js";
import { statusOf } from "./measures/result-status.js";

/**
 * What Lambda tells of one call, `(event, context, callback)` or `(event, responseStream, context)`.
 *
 * @param args what the handler is called with; a callback in it is replaced when the invocation begins
 */
export function occasionOf(args: unknown[]): Occasion {
  const context = args.slice(1).find(isContext);
  const remainingMs = context?.getRemainingTimeInMillis?.();
  const source = eventSourceOf(args[0]);
  const measure = beginMeasures(args[0], source);
  const { instance } = state;
  const margin = (instance?.platform as LambdaPlatform | undefined)?.timeoutMarginMs;
  if (instance?.cold && isInitializedAhead(instance)) instance.cold = false;
  const id = context?.awsRequestId ?? "";
  const { attend, over, answered } = endsOf(args);
  let unwatch: (() => void) | undefined;
  // A call that brings no id can only come from inside of the invocation that runs.
  const key = id || (state.store.getStore()?.key ?? {});
  const told = (result: unknown) => result ?? streamedResult(args[1]);
  return {
    key,
    id,
    trigger: source.trigger,
    deadlineMs: remainingMs ? Date.now() + remainingMs : undefined,
    attend(observation) {
      // Where nothing is pushed, nothing is waited for.
      if (instance?.pushing) currentExtension()?.begin(id);
      attend(key, observation);
      if (remainingMs) unwatch = watchDeadline(observation, remainingMs, margin);
    },
    over,
    failureIn: (result) =>
      source.trigger === "http" ? errorTypeOfStatus(statusOf(told(result))) : undefined,
    measure(invocation, result) {
      unwatch?.();
      measure(invocation, told(result));
    },
    hold: (flush) => keepAwake(id, flush, answered),
  };
}

function isContext(value: unknown): value is Partial<LambdaContext> {
  return typeof (value as Partial<LambdaContext> | null | undefined)?.awsRequestId === "string";
}
