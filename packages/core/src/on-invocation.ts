import type { Invocation } from "./invocation.js";
import { type InvocationRecord, recordOf } from "./record.js";
import { state } from "./state.js";

/**
 * Hands every invocation that has ended, with all that it recorded, to `callback`; returns what ends that.
 *
 * What the callback throws ends in one warning.
 */
export function onInvocation(callback: (record: InvocationRecord) => void): () => void {
  const listener = (invocation: Invocation) => callback(recordOf(invocation));
  state.listeners.add(listener);
  return () => void state.listeners.delete(listener);
}
