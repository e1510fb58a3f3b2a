import type { Invocation } from "./invocation.js";

/** Where the current invocation is kept. Node's `AsyncLocalStorage` is one. */
export interface InvocationStore {
  /** It knows one invocation at a time, so it cannot tell one inside another from one beside another. */
  readonly single?: boolean;
  getStore(): Invocation | undefined;
  run<R>(invocation: Invocation, callback: () => R): R;
}

/**
 * A store for where only one invocation runs at a time: a plain slot, which costs nothing an await.
 *
 * Where several overlap all the same, nobody can tell whose a recording is. Then there is no
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
