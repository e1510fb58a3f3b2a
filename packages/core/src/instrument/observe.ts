import { errorTypeOf } from "../invocation/error-type.js";
import { decide } from "./decide.js";
import { DEADLINE_MARGIN_MS } from "../flush/flusher.js";
import { guarded } from "../runtime/guarded.js";
import type { Instance } from "../instance/instance.js";
import type { Invocation } from "../invocation/invocation.js";
import type { Outcome, Trigger } from "../invocation/vocabulary.js";
import { beginInvocation, current } from "../invocation/running.js";
import { isThenable } from "../runtime/thenable.js";

/** How one invocation differs from all others: what called it, and how long its environment lasts. */
export interface Occasion {
  /** Identifies it while it runs: the same key inside of it is the same invocation, wrapped twice. */
  readonly key: unknown;
  readonly id: string;
  readonly trigger: Trigger;
  /** When the platform ends it, in milliseconds since 1970. */
  readonly deadlineMs?: number | undefined;
  /** The error type of a result that says that it failed. */
  failureIn?(result: unknown): string | undefined;
  /** Called before the handler runs, where it can end by more than its return: by a callback, say. */
  attend?(observation: Observation): void;
  /**
   * When an invocation is over whose handler has returned; undefined where that was its end. Where it
   * rejects, the invocation has failed, whatever the handler returned.
   *
   * @param promised the handler returned a promise, which has resolved
   */
  over?(promised: boolean): Promise<unknown> | undefined;
  /**
   * Records what else the platform tells of an invocation into its registry, just before that is folded.
   *
   * @param result undefined where the handler threw
   */
  measure?(invocation: Invocation, result: unknown): void;
  /**
   * Starts the flush and keeps the environment from freezing until it resolves, which it always does.
   * What comes back, the caller of the handler waits for; undefined where the platform itself does.
   *
   * @param flush to be called once; with `true`, nothing waits for it: it keeps no process running
   * @param threw the handler threw, which ends the process on some platforms
   */
  hold(flush: (background?: boolean) => Promise<void>, threw: boolean): Promise<void> | undefined;
}

/** An invocation that is observed; its first end stands. */
export interface Observation {
  /** Runs code as this invocation. */
  run<R>(code: () => R): R;
  /** See `Occasion`. */
  over(promised: boolean): Promise<unknown> | undefined;
  /**
   * Ends it with the handler's result. What comes back is what the caller is to wait for: where it has
   * ended already, what is left of that.
   */
  readonly returned: (result: unknown) => Promise<void> | undefined;
  /** The same with what the handler threw. */
  readonly threw: (error: unknown) => Promise<void> | undefined;
  /** The platform is about to end it: that is its outcome, whatever it still does, and is pushed at once. */
  readonly timedOut: () => void;
}

/** Undefined inside an invocation that is observed already. */
export function beginObservation(
  instance: Instance,
  describe: () => Occasion,
): Observation | undefined {
  return guarded(() => {
    const occasion = describe();
    const { running, store } = current;
    // One that is decided can still run when its platform tries again under the same id.
    if (running.get(occasion.key)?.ended === false) return undefined;
    if (!store.single && store.getStore()?.ended === false) return undefined;
    const invocation = beginInvocation(occasion, {
      coldStart: instance.cold,
      mark: instance.pushing?.journal?.begin(occasion.trigger, instance.cold),
      flush: (deadlineMs) => instance.pushing?.flusher.flush(deadlineMs),
    });
    instance.cold = false;

    let held: Promise<void> | undefined;
    let returned = false;
    const end = (outcome: Outcome, errorType?: string, result?: unknown) => {
      if (!invocation.ended)
        decide(instance, invocation, outcome, errorType, () =>
          occasion.measure?.(invocation, result),
        );
    };
    const settle = (errorType: string | undefined, threw: boolean, result?: unknown) =>
      guarded(() => {
        if (returned) return held;
        returned = true;
        end(errorType === undefined ? "succeeded" : "failed", errorType, result);
        if (running.get(occasion.key) === invocation) running.delete(occasion.key);
        const { pushing } = instance;
        if (!pushing) return undefined;
        held = occasion.hold(
          (background) => pushing.flusher.flush(occasion.deadlineMs, background),
          threw,
        );
        void held?.then(() => (held = undefined));
        // Where no push is on its way that wrote it: before the response, or a crash after it counts again.
        pushing.persist();
        return held;
      });
    const observation: Observation = {
      run: (code) => store.run(invocation, code),
      over: (promised) => guarded(() => occasion.over?.(promised)),
      returned: (result) =>
        settle(
          guarded(() => occasion.failureIn?.(result)),
          false,
          result,
        ),
      threw: (error) => settle(errorTypeOf(error), true),
      timedOut: () =>
        guarded(() => {
          if (invocation.ended) return;
          end("timedOut");
          instance.pushing?.persist();
          // The handler goes on: it waits for nothing, and the push has all the time that is left.
          void instance.pushing?.flusher.flush(occasion.deadlineMs! + DEADLINE_MARGIN_MS, true);
        }),
    };
    guarded(() => occasion.attend?.(observation));
    return observation;
  });
}

/**
 * The one flow: begin, handler, settle, fold, flush.
 *
 * What the handler returns or throws comes through as it is; what goes wrong in here never does.
 */
export function observe<R>(instance: Instance, describe: () => Occasion, handler: () => R): R {
  const observation = beginObservation(instance, describe);
  if (!observation) return handler();
  const returned = (value: unknown, promised: boolean): Promise<void> | undefined => {
    const ended = () => observation.returned(value);
    return observation.over(promised)?.then(ended, observation.threw) ?? ended();
  };
  const threw = (error: unknown) => {
    const held = observation.threw(error);
    if (!held) throw error;
    return held.then(() => {
      throw error;
    });
  };
  let result: R;
  try {
    result = observation.run(handler);
  } catch (error) {
    return threw(error) as R;
  }
  // A `then` of somebody else may return nothing.
  if (isThenable(result))
    return Promise.resolve(result).then(
      (value) => returned(value, true)?.then(() => value) ?? value,
      threw,
    ) as R;
  // No promise is made of what was none: a callback handler would be answered twice.
  void returned(result, false);
  return result;
}
