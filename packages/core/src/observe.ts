import { errorTypeOf } from "./error-type.js";
import { guarded } from "./guarded.js";
import type { Instance } from "./instance.js";
import { beginInvocation, endInvocation, type Invocation, type Outcome, type Trigger } from "./invocation.js";
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
  /**
   * Keeps the environment from freezing until `flushed` resolves, which it always does. What it
   * returns, the caller of the handler waits for; undefined where the platform itself does.
   */
  hold(flushed: Promise<void>): Promise<void> | undefined;
}

/**
 * The one flow: begin, handler, settle, fold, flush.
 *
 * What the handler returns or throws comes through as it is; what goes wrong in here never does.
 */
export function observe<R>(instance: Instance, describe: () => Occasion, run: () => R): R {
  const begun = guarded(() => begin(instance, describe()));
  if (begun === undefined) return run();
  const { invocation, occasion } = begun;
  const settle = (outcome: Outcome, errorType?: string) =>
    guarded(() => end(instance, occasion, invocation, outcome, errorType));

  let result: R;
  try {
    result = state.store.run(invocation, run);
  } catch (error) {
    const held = settle("failed", errorTypeOf(error));
    if (held === undefined) throw error;
    return held.then(() => Promise.reject(error)) as R;
  }
  const returned = (value: unknown) => {
    const errorType = guarded(() => occasion.failureIn?.(value));
    return settle(errorType === undefined ? "succeeded" : "failed", errorType);
  };
  if (!isThenable(result)) {
    // No promise is made of what was none: callback handlers would be answered twice.
    void returned(result);
    return result;
  }
  return result.then(
    (value) => {
      const held = returned(value);
      return held === undefined ? value : held.then(() => value);
    },
    (error: unknown) => {
      const held = settle("failed", errorTypeOf(error));
      if (held === undefined) throw error;
      return held.then(() => Promise.reject(error));
    },
  ) as R;
}

interface Begun {
  readonly invocation: Invocation;
  readonly occasion: Occasion;
}

/** Undefined inside an invocation that is wrapped already. */
function begin(instance: Instance, occasion: Occasion): Begun | undefined {
  const { running, store } = state;
  if (running.has(occasion.key)) return undefined;
  if (store.single !== true && store.getStore()?.ended === false) return undefined;
  const { cold } = instance;
  instance.cold = false;
  return { invocation: beginInvocation(occasion, cold), occasion };
}

function end(
  instance: Instance,
  occasion: Occasion,
  invocation: Invocation,
  outcome: Outcome,
  errorType: string | undefined,
): Promise<void> | undefined {
  // The first decision stands.
  if (invocation.ended) return undefined;
  endInvocation(invocation);
  invocation.durationMs = performance.now() - invocation.startedMs;
  invocation.errorType = errorType;
  instance.metrics.record(Object.assign(invocation, { outcome }));
  fold(invocation.registry);
  for (const listener of state.listeners) guarded(() => listener(invocation));
  return occasion.hold(instance.flusher.flush(occasion.deadlineMs));
}
