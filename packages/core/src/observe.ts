import { errorTypeOf } from "./error-type.js";
import { guarded } from "./guarded.js";
import type { Instance } from "./instance.js";
import { beginInvocation, endInvocation, type Trigger } from "./invocation.js";
import { fold } from "./registry.js";
import { state } from "./state.js";
import { isThenable } from "./thenable.js";

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
  /** When a handler that returned no promise is over; undefined where its return is its end. */
  over?(): Promise<void> | undefined;
  /**
   * Keeps the environment from freezing until `flushed` resolves, which it always does. What it
   * returns, the caller of the handler waits for; undefined where the platform itself does.
   *
   * @param threw the handler threw, which ends the process on some platforms
   */
  hold(flushed: Promise<void>, threw: boolean): Promise<void> | undefined;
}

/** An invocation that is observed; its first end stands. */
export interface Observation {
  /** Runs code as this invocation. */
  run<R>(code: () => R): R;
  /** See `Occasion`. */
  over(): Promise<void> | undefined;
  /** Ends it with the handler's result. What comes back is what the caller is to wait for. */
  returned(result: unknown): Promise<void> | undefined;
  /** Ends it with what the handler threw. What comes back is what the caller is to wait for. */
  threw(error: unknown): Promise<void> | undefined;
}

/** Undefined inside an invocation that is observed already. */
export function beginObservation(
  instance: Instance,
  describe: () => Occasion,
): Observation | undefined {
  return guarded(() => {
    const occasion = describe();
    const { running, store } = state;
    if (running.has(occasion.key)) return undefined;
    if (!store.single && store.getStore()?.ended === false) return undefined;
    const invocation = beginInvocation(occasion, instance);
    instance.cold = false;

    const settle = (errorType: string | undefined, threw: boolean) =>
      guarded(() => {
        if (invocation.ended) return undefined;
        endInvocation(invocation);
        invocation.durationMs = performance.now() - invocation.startedMs;
        invocation.errorType = errorType;
        invocation.outcome = errorType === undefined ? "succeeded" : "failed";
        instance.recordOutcome(invocation, invocation.outcome);
        fold(invocation.registry);
        for (const listener of state.listeners) void listener(invocation);
        const flushed = instance.flusher?.flush(occasion.deadlineMs);
        return flushed && occasion.hold(flushed, threw);
      });
    return {
      run: (code) => store.run(invocation, code),
      over: () => guarded(() => occasion.over?.()),
      returned: (result) =>
        settle(
          guarded(() => occasion.failureIn?.(result)),
          false,
        ),
      threw: (error) => settle(errorTypeOf(error), true),
    };
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
  const returned = (value: unknown) => observation.returned(value)?.then(() => value) ?? value;
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
  if (isThenable(result)) return Promise.resolve(result).then(returned, threw) as R;
  // No promise is made of what was none: a callback handler would be answered twice.
  const over = observation.over();
  const end = () => void observation.returned(result);
  if (over) over.then(end, end);
  else end();
  return result;
}
