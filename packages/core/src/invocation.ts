import type { Instance } from "./instance.js";
import { cellIn, fold, type Registry } from "./registry.js";
import { mergeCell } from "./metric.js";
import { state } from "./state.js";

/** What invoked the function, as OpenTelemetry's `faas.trigger` has it. */
export type Trigger = "datasource" | "http" | "pubsub" | "timer" | "other";

/** How an invocation ended; decided once. */
export type Outcome = "succeeded" | "failed" | "timedOut";

/** One call of a handler, with what it recorded. */
export interface Invocation {
  /** What identifies it while it runs: a second begin with the same key is the same invocation. */
  readonly key: unknown;
  readonly id: string;
  readonly trigger: Trigger;
  /** Undefined where nothing is counted and nothing is pushed. */
  readonly instance: Instance | undefined;
  readonly deadlineMs: number | undefined;
  readonly coldStart: boolean;
  /** `performance.now()` at its begin. */
  readonly startedMs: number;
  /** Not folded yet. */
  registry: Registry;
  /** Folded while it was running. */
  folded: Registry | undefined;
  ended: boolean;
  /** In the journal. */
  readonly mark: number | undefined;
  outcome: Outcome | undefined;
  /** What failed, where it failed: the error's class name, or the HTTP status. */
  errorType: string | undefined;
  durationMs: number;
}

/** More invocations at once than any runtime serves. */
const MAX_RUNNING = 5_000;

export function beginInvocation(
  {
    key,
    id,
    trigger,
    deadlineMs,
  }: Pick<Invocation, "key" | "id" | "trigger"> & { readonly deadlineMs?: number | undefined },
  instance?: Instance,
): Invocation {
  const invocation: Invocation = {
    key,
    id,
    trigger,
    instance,
    deadlineMs,
    coldStart: instance?.cold === true,
    startedMs: performance.now(),
    registry: new Map(),
    folded: undefined,
    ended: false,
    mark: instance?.pushing?.journal?.begin(trigger, instance.cold),
    outcome: undefined,
    errorType: undefined,
    durationMs: 0,
  };
  const { running } = state;
  running.set(key, invocation);
  // On Workers a request whose client has gone never ends; the oldest is likely one of those.
  if (running.size > MAX_RUNNING) running.delete(running.keys().next().value);
  return invocation;
}

/** From here on, what is recorded goes to the totals directly. */
export function endInvocation(invocation: Invocation): void {
  invocation.ended = true;
  state.running.delete(invocation.key);
}

/** Folds what a running invocation has recorded so far, and keeps it for its record. */
export function foldSoFar(invocation: Invocation): void {
  const { registry } = invocation;
  if (registry.size === 0) return;
  invocation.registry = new Map();
  invocation.folded = mergeRegistries(invocation.folded, registry);
  fold(registry);
}

/** All that an invocation recorded, folded or not. */
export function recordedBy({ folded, registry }: Invocation): Registry {
  return folded === undefined ? registry : mergeRegistries(folded, registry);
}

function mergeRegistries(first: Registry | undefined, second: Registry): Registry {
  const merged: Registry = new Map();
  for (const registry of [first ?? merged, second]) {
    for (const [series, cell] of registry) mergeCell(cellIn(merged, series), cell);
  }
  return merged;
}
