import type { Invocation } from "./invocation.js";
import { type InvocationRecord, recordOf } from "./record.js";
import { reasonOf } from "./reason.js";
import { state } from "./state.js";
import { warnOnce } from "./warn.js";

/**
 * Hands every invocation that has ended, with all that it recorded, to `callback`; returns what ends that.
 *
 * What the callback throws, or rejects with, ends in one warning. Nothing waits for a promise of it; what
 * it does at once is done before the response.
 */
export function onInvocation(callback: (record: InvocationRecord) => unknown): () => void {
  const listener = async (invocation: Invocation) => {
    try {
      await callback(recordOf(invocation));
    } catch (error) {
      warnOnce("onInvocation", `onInvocation: the callback failed: ${reasonOf(error)}`);
    }
  };
  state.listeners.add(listener);
  return () => void state.listeners.delete(listener);
}
