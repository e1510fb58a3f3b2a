import type { Invocation } from "./invocation.js";
import type { InvocationStore } from "./state.js";

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
