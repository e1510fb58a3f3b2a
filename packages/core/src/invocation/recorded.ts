import type { Trigger } from "./vocabulary.js";
import { errorTypeOf } from "./error-type.js";
import { type InvocationRecord, recordOf } from "./record.js";
import { beginInvocation, current, endInvocation } from "./running.js";

/**
 * Runs code as an invocation and returns what it recorded, for tests: nothing is added to any total and
 * nothing is pushed.
 *
 * What the code throws comes through.
 *
 * @throws Error where another invocation is running and the platform keeps only one apart
 */
export async function recorded(
  run: () => unknown,
  { trigger = "other" }: { readonly trigger?: Trigger } = {},
): Promise<InvocationRecord> {
  if (current.store.single === true && current.running.size > 0) {
    throw new Error("prefreeze: recorded() runs one at a time here; await one before the next");
  }
  const key = {};
  const invocation = beginInvocation({ key, id: "recorded", trigger });
  try {
    await current.store.run(invocation, run);
    invocation.outcome = "succeeded";
  } catch (error) {
    invocation.outcome = "failed";
    invocation.errorType = errorTypeOf(error);
    throw error;
  } finally {
    endInvocation(invocation);
    invocation.durationMs = performance.now() - invocation.startedMs;
  }
  return recordOf(invocation);
}
