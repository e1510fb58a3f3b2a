import type { Trigger } from "./vocabulary.js";
import { errorTypeOf } from "./error-type.js";
import { type InvocationRecord, recordOf } from "./invocation-record.js";
import { beginInvocation, endInvocation, invocations } from "./running.js";

/**
 * Runs code as an invocation and returns what it recorded; for tests. Nothing is added to the totals, and
 * nothing is pushed.
 *
 * An error of the code is thrown as it is.
 *
 * @param trigger default `"other"`
 * @throws Error if another invocation is running and the platform cannot tell the two apart
 */
export async function recorded(
  run: () => unknown,
  { trigger = "other" }: { readonly trigger?: Trigger } = {},
): Promise<InvocationRecord> {
  if (invocations.store.single === true && invocations.running.size > 0) {
    throw new Error(
      "prefreeze: recorded() runs one at a time here: await the first one before the next",
    );
  }
  const key = {};
  const invocation = beginInvocation({ key, id: "recorded", trigger });
  try {
    await invocations.store.run(invocation, run);
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
