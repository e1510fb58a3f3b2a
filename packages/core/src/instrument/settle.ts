import type { Instance } from "../instance/instance.js";
import type { Invocation } from "../invocation/invocation.js";
import { invocations } from "../invocation/running.js";
import type { Outcome } from "../invocation/vocabulary.js";
import { mergeIntoTotals } from "../metrics/cells.js";
import { guarded } from "../runtime/guarded.js";

/**
 * Settles the outcome of an invocation, once. From now on, its recordings go to the totals directly.
 *
 * @param collect records what else is known of the invocation
 */
export function settle(
  instance: Instance,
  invocation: Invocation,
  outcome: Outcome,
  errorType: string | undefined,
  collect?: () => void,
): void {
  invocation.ended = true;
  invocation.durationMs = performance.now() - invocation.startedMs;
  invocation.errorType = errorType;
  invocation.outcome = outcome;
  instance.recordOutcome(invocation, outcome);
  if (collect) guarded(collect);
  mergeIntoTotals(invocation.recordings);
  const { entry } = invocation;
  if (entry !== undefined) instance.pusher?.journal?.end(entry);
  for (const listener of invocations.listeners) void listener(invocation);
}

/**
 * Counts every running invocation as failed and writes that to the journal, because the process ends here.
 * The next process in its place pushes the totals.
 */
export function failRunning(instance: Instance, errorType: string): void {
  for (const invocation of invocations.running.values()) {
    if (invocation.flush && !invocation.ended)
      guarded(() => settle(instance, invocation, "failed", errorType));
  }
  instance.pusher?.persist();
}
