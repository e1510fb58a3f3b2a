import { state } from "@prefreeze/core/adapter";
import { flushWithin } from "@prefreeze/node";
import { currentExtension } from "./extension.js";
import { msUntilTurn } from "./managed-turn.js";
import { isManagedInstance } from "../managed-instance.js";

/**
 * Has the flush done before the environment freezes: after the response where an extension keeps it awake,
 * else before the result is handed over; in a while where nothing freezes.
 *
 * @param answered when the runtime is about to answer; undefined: now
 * @returns what the caller is to wait for
 */
export function keepAwake(
  requestId: string,
  flush: (background?: boolean) => Promise<void>,
  answered: () => Promise<void> | undefined,
): Promise<void> | undefined {
  if (isManagedInstance()) {
    flushInAWhile();
    return undefined;
  }
  const extension = currentExtension();
  if (!extension?.holds(requestId)) return flush();
  const flushAfterResponse = () =>
    afterResponse(() => flush(true).then(() => extension.done(requestId)));
  // A flush that keeps the event loop busy would hold up an answer that waits for it to be empty.
  const wait = answered();
  if (wait) void wait.then(flushAfterResponse);
  else flushAfterResponse();
  return undefined;
}

/** The runtime posts the response one turn of the event loop after the handler's end, and blocks in that. */
function afterResponse(work: () => unknown): void {
  setImmediate(() => setImmediate(work));
}

/** With no deadline: that of an invocation is not that of the process. Again after a push that failed. */
function flushInAWhile(): void {
  flushWithin(msUntilTurn(), async () => {
    const flusher = state.instance?.pushing?.flusher;
    await flusher?.flush(undefined, true);
    if (flusher?.pending) flushInAWhile();
  });
}
