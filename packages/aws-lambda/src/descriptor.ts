import {
  currentInstance,
  currentKey,
  guarded,
  type InvocationDescriptor,
  watchDeadline,
} from "@prefreeze/core/adapter";
import { completionOf } from "./completion/completion.js";
import { streamedResult } from "./completion/http-response-stream.js";
import { isInitializedAhead } from "./environment/initialized-ahead.js";
import { eventSourceOf } from "./event/event-source.js";
import type { LambdaContext } from "./event/lambda-context.js";
import { currentExtension } from "./extension/extension.js";
import { keepAwake } from "./flush/keep-awake.js";
import { beginMeasures } from "./measures/measures.js";
import type { LambdaPlatform } from "./platform.js";

/**
 * Describes one call of a Lambda handler: `(event, context, callback)` or `(event, responseStream, context)`.
 *
 * @param args the handler's arguments; a callback among them is replaced when the invocation begins
 */
export function describeInvocation(args: unknown[]): InvocationDescriptor {
  const context = args.slice(1).find(isContext);
  const toldMs = guarded(() => context?.getRemainingTimeInMillis?.()) ?? 0;
  // Nothing begins after its deadline: the clock is ahead of the one that set it.
  const remainingMs = toldMs > 0 ? toldMs : undefined;
  const source = eventSourceOf(args[0]);
  const measure = beginMeasures(args[0], source);
  const instance = currentInstance();
  const marginMs = (instance?.platform as LambdaPlatform | undefined)?.timeoutMarginMs;
  if (instance?.cold && isInitializedAhead(instance)) instance.cold = false;
  const id = context?.awsRequestId ?? "";
  const { takesPromise, started, completion, answered } = completionOf(args);
  let unwatch: (() => void) | undefined;
  const reported = (result: unknown) => result ?? streamedResult(args[1]);
  return {
    key: id || currentKey(),
    id,
    trigger: source.trigger,
    deadlineMs: remainingMs ? Date.now() + remainingMs : undefined,
    started(observation) {
      // If nothing is pushed, there is nothing to stay awake for.
      if (instance?.pusher) currentExtension()?.begin(id);
      started(observation);
      if (remainingMs) unwatch = watchDeadline(observation, remainingMs, marginMs);
    },
    takesPromise,
    completion,
    failureIn: (result) => source.failureIn?.(reported(result)),
    collect(invocation, result) {
      unwatch?.();
      measure(invocation, reported(result));
    },
    keepAlive: (flush) => keepAwake(id, flush, answered),
  };
}

function isContext(value: unknown): value is Partial<LambdaContext> {
  return typeof (value as Partial<LambdaContext> | null | undefined)?.awsRequestId === "string";
}
