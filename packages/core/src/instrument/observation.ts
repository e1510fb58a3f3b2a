import { clockOffsetMs, flushUntilMs } from "../flush/flush-until.js";
import type { Instance } from "../instance/instance.js";
import { errorTypeOf } from "../invocation/error-type.js";
import { type Invocation, mergeSoFar } from "../invocation/invocation.js";
import { beginInvocation, invocations } from "../invocation/running.js";
import type { Outcome } from "../invocation/vocabulary.js";
import { guarded } from "../runtime/guarded.js";
import { shared } from "../runtime/shared.js";
import type { InvocationDescriptor, Observation } from "./descriptor.js";
import { settle } from "./settle.js";

/** Observes a handler inside `recorded()`, which sets it: functions that are deployed do without. */
export const testObserver = shared<{
  observe?: (
    invocation: Invocation,
    describe: () => InvocationDescriptor,
  ) => Observation | undefined;
}>("testObserver", {});

/**
 * Begins to observe an invocation.
 *
 * @param instance the instance that counts it; if undefined, it is observed inside `recorded()` alone
 * @returns undefined inside an invocation that is observed already
 */
export function beginObservation(
  instance: Instance | undefined,
  describe: () => InvocationDescriptor,
): Observation | undefined {
  return guarded(() => {
    const { running, store } = invocations;
    const around = store.getStore();
    if (around?.ended === false) {
      if (!around.flush) return testObserver.observe?.(around, describe);
      // A single slot holds the invocation that began last, which need not be the caller's.
      if (!store.single) return undefined;
    }
    if (!instance) return undefined;
    const descriptor = describe();
    const { key, trigger, deadlineMs } = descriptor;
    const offsetMs = clockOffsetMs();
    // After its outcome is decided, an invocation may still run when the platform retries it under the same id.
    if (running.get(key)?.ended === false) return undefined;
    const invocation = beginInvocation(descriptor, {
      coldStart: instance.cold,
      entry: instance.pusher?.begin(trigger, instance.cold),
      flush(deadlineMs) {
        return instance.pusher?.flusher.flush(flushUntilMs(deadlineMs, offsetMs));
      },
    });
    instance.cold = false;

    let held: Promise<void> | undefined;
    let settled = false;
    const end = (outcome: Outcome, errorType?: string, result?: unknown) => {
      if (!invocation.ended)
        settle(instance, invocation, outcome, errorType, () =>
          descriptor.collect?.(invocation, result),
        );
    };
    const finish = (errorType: string | undefined, threw: boolean, result?: unknown) =>
      guarded(() => {
        if (settled) return held;
        settled = true;
        end(errorType === undefined ? "succeeded" : "failed", errorType, result);
        if (running.get(key) === invocation) running.delete(key);
        const { pusher } = instance;
        const atOnce = descriptor.flushesAtOnce?.(threw) === true;
        if (!pusher || (!atOnce && pusher.flusher.isCovered())) return undefined;
        held = descriptor.keepAlive(
          (background) =>
            pusher.flusher.flush(flushUntilMs(deadlineMs, offsetMs), background, atOnce),
          threw,
        );
        void held?.then(() => (held = undefined));
        // Persist now, unless a push just did: after a crash past the response, this invocation must not be
        // counted again.
        pusher.persist();
        return held;
      });
    // Methods: a getter in an object literal gives each object a hidden class of its own, and bundlers that keep names
    // set that of each other function, each time one is made.
    const observation: Observation = {
      isSettled() {
        return settled;
      },
      run(code) {
        return store.run(invocation, code);
      },
      detached: descriptor.detached === true,
      takesPromise: descriptor.takesPromise === true,
      passOn<R>(result: R) {
        return (guarded(() => descriptor.passOn?.(result)) ?? result) as R;
      },
      completion(promised) {
        return guarded(() => descriptor.completion?.(promised));
      },
      soFar(push) {
        if (invocation.ended) return undefined;
        mergeSoFar(invocation);
        return push ? invocation.flush!(deadlineMs) : undefined;
      },
      returned(result) {
        const failure = guarded(() => descriptor.failureIn?.(result));
        return finish(failure, false, result);
      },
      threw(error) {
        if (guarded(() => descriptor.isInterruption?.(error))) {
          // What it still records belongs to it, and is dropped with it.
          running.delete(key);
          instance.cold ||= invocation.coldStart;
          return undefined;
        }
        const answered = guarded(() => descriptor.isAnswer?.(error));
        return finish(answered ? undefined : errorTypeOf(error), true);
      },
      timedOut() {
        guarded(() => {
          if (invocation.ended) return;
          end("timedOut");
          instance.pusher?.persist();
          // The handler goes on and waits for nothing, so the push has all the time that is left.
          void instance.pusher?.flusher.flush(deadlineMs, true);
        });
      },
    };
    guarded(() => descriptor.started?.(observation));
    return observation;
  });
}
