import type { Invocation } from "./invocation.js";
import { type InvocationRecord, recordOf } from "./record.js";
import { reasonOf } from "../runtime/reason.js";
import { current } from "./running.js";
import { warnOnce } from "../runtime/warn.js";

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
  current.listeners.add(listener);
  return () => void current.listeners.delete(listener);
}
