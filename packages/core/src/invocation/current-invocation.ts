import { foldSoFar, recordedBy } from "./invocation.js";
import type { Trigger } from "./vocabulary.js";
import { recordedMetrics, type RecordedMetrics } from "./record.js";
import { current } from "./running.js";

/** The invocation that this code runs in. */
export interface CurrentInvocation {
  /** The platform's request id where it has one. */
  readonly id: string;
  readonly trigger: Trigger;
  /** It is the first of its instance. */
  readonly coldStart: boolean;
  /** What it has recorded so far. */
  readonly registry: RecordedMetrics;
  /**
   * Pushes all that is recorded so far, for a handler that runs long; resolves when that has landed,
   * failed, run out of time or been put off (the gateway is down or overloaded), and never rejects.
   */
  flush(): Promise<void>;
}

/**
 * The invocation that this code runs in; undefined outside of any, and where several overlap on a
 * platform without `AsyncLocalStorage`.
 */
export function currentInvocation(): CurrentInvocation | undefined {
  const invocation = current.store.getStore();
  if (invocation === undefined || invocation.ended) return undefined;
  const { id, trigger, coldStart } = invocation;
  return {
    id,
    trigger,
    coldStart,
    get registry() {
      return recordedMetrics(recordedBy(invocation));
    },
    async flush() {
      const { flush, deadlineMs } = invocation;
      if (flush === undefined) return;
      if (!invocation.ended) foldSoFar(invocation);
      await flush(deadlineMs);
    },
  };
}
