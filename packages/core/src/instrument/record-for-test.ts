import { type InvocationRecord, recordOf } from "../invocation/invocation-record.js";
import {
  areToldApart,
  beginInvocation,
  endInvocation,
  invocations,
  useInvocationStore,
} from "../invocation/running.js";
import { runtimeStore } from "../invocation/runtime-store.js";
import type { Trigger } from "../invocation/vocabulary.js";
import { testObserver } from "./observation.js";
import { observeForTest } from "./observe-for-test.js";

/**
 * Runs code as an invocation and returns what it recorded; for tests. Nothing is added to the totals, and
 * nothing is pushed.
 *
 * A wrapped handler that the code calls is part of the invocation, on its platform and anywhere else. The
 * record then has the handler's trigger, outcome and error type.
 *
 * An error of the code is thrown as it is, without a record. To get the record of a handler that throws,
 * catch its error inside the code.
 *
 * @param trigger default: that of the wrapped handler, else `"other"`
 * @throws Error if another invocation is running and the runtime has no `AsyncLocalStorage` to tell the two
 *   apart
 */
export async function recorded(
  run: () => unknown,
  { trigger }: { readonly trigger?: Trigger } = {},
): Promise<InvocationRecord> {
  testObserver.observe = observeForTest;
  if (!areToldApart()) {
    const store = runtimeStore();
    if (store) useInvocationStore(store);
    else if (invocations.running.size > 0)
      throw new Error(
        "prefreeze: recorded() runs one at a time here: await the first one before the next",
      );
  }
  const key = {};
  const invocation = beginInvocation({ key, id: "recorded", trigger: trigger ?? "other" });
  try {
    await invocations.store.run(invocation, run);
    invocation.outcome ??= "succeeded";
  } finally {
    endInvocation(invocation);
    invocation.durationMs = performance.now() - invocation.startedMs;
  }
  return recordOf(trigger ? { ...invocation, trigger } : invocation);
}
