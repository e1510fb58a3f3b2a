import type { Invocation } from "./invocation.js";
import { type InvocationRecord, recordOf } from "./invocation-record.js";
import { reasonOf } from "../runtime/reason.js";
import { invocations } from "./running.js";
import { warnOnce } from "../runtime/warn.js";

/**
 * Calls `callback` with the record of every invocation that has ended.
 *
 * The synchronous part of the callback runs before the response; nothing waits for its promise. If it
 * throws or rejects, that ends in one warning.
 *
 * @returns stops the calls
 */
export function onInvocation(callback: (record: InvocationRecord) => unknown): () => void {
  const listener = async (invocation: Invocation) => {
    try {
      await callback(recordOf(invocation));
    } catch (error) {
      warnOnce("onInvocation", `onInvocation: the callback failed: ${reasonOf(error)}`);
    }
  };
  invocations.listeners.add(listener);
  return () => void invocations.listeners.delete(listener);
}
