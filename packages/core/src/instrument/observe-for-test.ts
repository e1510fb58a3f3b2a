import { errorTypeOf } from "../invocation/error-type.js";
import type { Invocation } from "../invocation/invocation.js";
import { invocations } from "../invocation/running.js";
import { guarded } from "../runtime/guarded.js";
import type { InvocationDescriptor, Observation } from "./descriptor.js";

/** Invocations of `recorded()` whose wrapped handler is observed. A handler that it calls is part of it. */
const observed = new WeakSet<Invocation>();

/**
 * Observes a wrapped handler inside `recorded()`, so that the record tells how the handler ended. Nothing is
 * counted or pushed.
 *
 * @returns undefined if another handler of this `recorded()` is observed already, or if the call cannot be
 *   described, since a test may leave out arguments that the platform passes
 */
export function observeForTest(
  invocation: Invocation,
  describe: () => InvocationDescriptor,
): Observation | undefined {
  if (observed.has(invocation)) return undefined;
  let descriptor: InvocationDescriptor;
  try {
    descriptor = describe();
  } catch {
    return undefined;
  }
  observed.add(invocation);
  const { id, trigger } = descriptor;
  Object.assign(invocation, { id, trigger });
  const end = (errorType: string | undefined, result?: unknown): undefined => {
    if (invocation.outcome) return;
    invocation.outcome = errorType === undefined ? "succeeded" : "failed";
    invocation.errorType = errorType;
    guarded(() => descriptor.collect?.(invocation, result));
  };
  const observation: Observation = {
    isSettled: () => invocation.outcome !== undefined,
    run: (code) => invocations.store.run(invocation, code),
    detached: descriptor.detached === true,
    takesPromise: false,
    passOn: <R>(result: R) => (guarded(() => descriptor.passOn?.(result)) ?? result) as R,
    completion: (promised) => guarded(() => descriptor.completion?.(promised)),
    soFar: () => undefined,
    returned: (result) =>
      end(
        guarded(() => descriptor.failureIn?.(result)),
        result,
      ),
    threw: (error) =>
      end(guarded(() => descriptor.isAnswer?.(error)) ? undefined : errorTypeOf(error)),
    timedOut: () => undefined,
  };
  guarded(() => descriptor.started?.(observation));
  return observation;
}
