import { guarded } from "../runtime/guarded.js";
import type { Instance } from "../instance/instance.js";
import type { Invocation } from "../invocation/invocation.js";
import type { Outcome } from "../invocation/vocabulary.js";
import { fold } from "../metrics/registry.js";
import { current } from "../invocation/running.js";

/**
 * Decides how an invocation ended, once: from here on, what it records goes to the totals directly.
 *
 * @param measure records what else is known of it
 */
export function decide(
  instance: Instance,
  invocation: Invocation,
  outcome: Outcome,
  errorType: string | undefined,
  measure?: () => void,
): void {
  invocation.ended = true;
  invocation.durationMs = performance.now() - invocation.startedMs;
  invocation.errorType = errorType;
  invocation.outcome = outcome;
  instance.recordOutcome(invocation, outcome);
  if (measure) guarded(measure);
  fold(invocation.registry);
  const { mark } = invocation;
  if (mark !== undefined) instance.pushing?.journal?.end(mark);
  for (const listener of current.listeners) void listener(invocation);
}

/**
 * Counts every invocation that runs as failed, and writes that to the journal; for a process that ends
 * here. The next one in its place pushes it.
 */
export function failRunning(instance: Instance, errorType: string): void {
  for (const invocation of current.running.values()) {
    if (invocation.flush && !invocation.ended)
      guarded(() => decide(instance, invocation, "failed", errorType));
  }
  instance.pushing?.persist();
}
