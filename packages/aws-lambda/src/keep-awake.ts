import { state } from "@prefreeze/core/adapter";
import { flushWithin } from "@prefreeze/node";
import { currentExtension } from "./extension.js";
import { isManagedInstance } from "./managed-instance.js";

/** How often a thread of a Managed Instance pushes, where it has something new. */
const MANAGED_FLUSH_INTERVAL_MS = 5_000;

/**
 * Has the flush done before the environment freezes: after the response where an extension keeps it awake,
 * else before the result is handed over; now and then where nothing freezes.
 *
 * @returns what the caller is to wait for
 */
export function keepAwake(
  requestId: string,
  flush: (background?: boolean) => Promise<void>,
): Promise<void> | undefined {
  if (isManagedInstance()) {
    // With no deadline: that of an invocation is not that of the process.
    flushWithin(MANAGED_FLUSH_INTERVAL_MS, () => state.instance?.flusher?.flush(undefined, true));
    return undefined;
  }
  const extension = currentExtension();
  if (!extension?.holds(requestId)) return flush();
  afterResponse(() => flush(true).then(() => extension.done(requestId)));
  return undefined;
}

/** The runtime posts the response one turn of the event loop after the handler's end, and blocks in that. */
function afterResponse(work: () => unknown): void {
  setImmediate(() => setImmediate(work));
}
