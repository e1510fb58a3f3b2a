import { allRecordings, mergeSoFar } from "./invocation.js";
import { recordedMetrics, type RecordedMetrics } from "./invocation-record.js";
import { invocations } from "./running.js";
import type { Trigger } from "./vocabulary.js";

/** The invocation that the calling code runs in. */
export interface CurrentInvocation {
  /** The platform's request id, if it has one. */
  readonly id: string;
  /** What triggered it. */
  readonly trigger: Trigger;
  /** It is the first invocation of its instance. */
  readonly coldStart: boolean;
  /** Everything that it has recorded so far. */
  readonly registry: RecordedMetrics;
  /**
   * Pushes everything recorded so far; for handlers that run long. Resolves when the push has succeeded or
   * failed, has run out of time, or is put off because the gateway is down or overloaded. Never rejects.
   */
  flush(): Promise<void>;
}

/**
 * Returns the invocation that the calling code runs in.
 *
 * @returns undefined outside any invocation, and if several overlap on a platform without
 *   `AsyncLocalStorage`
 */
export function currentInvocation(): CurrentInvocation | undefined {
  const invocation = invocations.store.getStore();
  if (invocation === undefined || invocation.ended) return undefined;
  const { id, trigger, coldStart } = invocation;
  return {
    id,
    trigger,
    coldStart,
    get registry() {
      return recordedMetrics(allRecordings(invocation));
    },
    async flush() {
      const { flush, deadlineMs } = invocation;
      if (flush === undefined) return;
      if (!invocation.ended) mergeSoFar(invocation);
      await flush(deadlineMs);
    },
  };
}
