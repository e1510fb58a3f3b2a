import type { Invocation } from "./invocation.js";

/** Holds the current invocation. Node's `AsyncLocalStorage` is one. */
export interface InvocationStore {
  /** It holds one invocation at a time, so it cannot tell nested invocations from concurrent ones. */
  readonly single?: boolean;
  /** The invocation that the calling code runs in. */
  getStore(): Invocation | undefined;
  /** Runs `callback` inside `invocation`. */
  run<R>(invocation: Invocation, callback: () => R): R;
}

/**
 * A store for platforms that run one invocation at a time: a plain slot, which costs nothing per await.
 *
 * If invocations overlap all the same, nobody can tell which one recorded a value. Then there is no
 * current invocation until all of them have ended, and recordings go to the totals: sums stay exact.
 */
export function singleSlot(running: ReadonlyMap<unknown, Invocation>): InvocationStore {
  let slot: Invocation | undefined;
  return {
    single: true,
    getStore: () => slot,
    run(invocation, callback) {
      slot = running.size > 1 ? undefined : invocation;
      return callback();
    },
  };
}
