import { shared } from "../runtime/shared.js";
import type { Invocation } from "./invocation.js";
import { type InvocationStore, singleSlot } from "./single-slot.js";

/** The invocations of this process or isolate. */
export interface Running {
  /** Those that have begun and not ended, by what identifies them. */
  readonly running: Map<unknown, Invocation>;
  store: InvocationStore;
  readonly listeners: Set<(invocation: Invocation) => Promise<void>>;
}

const map = new Map<unknown, Invocation>();

export const current: Running = shared<Running>({
  running: map,
  store: singleSlot(map),
  listeners: new Set(),
});

/** More invocations at once than any runtime serves. */
const MAX_RUNNING = 5_000;

export function beginInvocation(
  {
    key,
    id,
    trigger,
    deadlineMs,
  }: Pick<Invocation, "key" | "id" | "trigger"> & { readonly deadlineMs?: number | undefined },
  counted?: Pick<Invocation, "coldStart" | "mark" | "flush">,
): Invocation {
  const invocation: Invocation = {
    key,
    id,
    trigger,
    deadlineMs,
    coldStart: counted?.coldStart === true,
    startedMs: performance.now(),
    registry: new Map(),
    folded: undefined,
    ended: false,
    mark: counted?.mark,
    flush: counted?.flush,
    outcome: undefined,
    errorType: undefined,
    durationMs: 0,
  };
  const { running } = current;
  running.set(key, invocation);
  // On Workers a request whose client has gone never ends; the oldest is likely one of those.
  if (running.size > MAX_RUNNING) running.delete(running.keys().next().value);
  return invocation;
}

/** From here on, what is recorded goes to the totals directly. */
export function endInvocation(invocation: Invocation): void {
  invocation.ended = true;
  current.running.delete(invocation.key);
}
