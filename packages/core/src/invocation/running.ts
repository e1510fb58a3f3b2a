import { scopes } from "../metrics/scope.js";
import { shared } from "../runtime/shared.js";
import type { Invocation } from "./invocation.js";
import { type InvocationStore, singleSlot } from "./single-slot.js";

/** The invocations of this process or isolate. */
export interface Invocations {
  /** Those that have started and not ended, by key. */
  readonly running: Map<unknown, Invocation>;
  /** Tells them apart. */
  store: InvocationStore;
  /** Called at the end of each. */
  readonly listeners: Set<(invocation: Invocation) => Promise<void>>;
}

const running = new Map<unknown, Invocation>();

/** The invocations that all copies of this package share. */
export const invocations: Invocations = shared<Invocations>("invocations", {
  running,
  store: singleSlot(running),
  listeners: new Set(),
});
// Recordings find their invocation by the same store.
scopes.store ??= invocations.store;

/** More concurrent invocations than any runtime serves. */
const MAX_RUNNING = 5_000;

export function beginInvocation(
  {
    key,
    id,
    trigger,
    deadlineMs,
  }: Pick<Invocation, "key" | "id" | "trigger"> & { readonly deadlineMs?: number | undefined },
  counted?: Pick<Invocation, "coldStart" | "entry" | "flush">,
): Invocation {
  const invocation: Invocation = {
    key,
    id,
    trigger,
    deadlineMs,
    coldStart: counted?.coldStart === true,
    startedMs: performance.now(),
    recordings: new Map(),
    merged: undefined,
    ended: false,
    entry: counted?.entry,
    flush: counted?.flush,
    outcome: undefined,
    errorType: undefined,
    durationMs: 0,
  };
  const { running } = invocations;
  running.set(key, invocation);
  // On Workers, a request whose client has gone never ends. The oldest invocation is likely one of those.
  if (running.size > MAX_RUNNING) running.delete(running.keys().next().value);
  return invocation;
}

/** From now on, recordings of the invocation go to the totals directly. */
export function endInvocation(invocation: Invocation): void {
  invocation.ended = true;
  invocations.running.delete(invocation.key);
}

/** The key for a call without one: that of the current invocation, which made the call, or a new one. */
export function currentKey(): unknown {
  return invocations.store.getStore()?.key ?? {};
}

/** Whether concurrent invocations are told apart. */
export function areToldApart(): boolean {
  return invocations.store.single !== true;
}

/** Tells invocations apart by this store from now on, unless they are told apart already. */
export function useInvocationStore(store: InvocationStore): void {
  // Another store would not know the invocations that run.
  if (areToldApart()) return;
  invocations.store = store;
  scopes.store = store;
}
