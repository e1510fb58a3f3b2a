import { currentInstance } from "@prefreeze/core/adapter";
import { flushWithin } from "@prefreeze/node";
import { currentExtension } from "../extension/extension.js";
import { msUntilTurn } from "./managed-turn.js";
import { isManagedInstance } from "../environment/managed-instance.js";

/**
 * Flushes before the environment freezes: after the response if an extension keeps it awake, otherwise
 * before the result is returned. On Managed Instances, which never freeze, it flushes a little later.
 *
 * @param answered resolves when the runtime is about to answer; undefined if that is now
 * @returns what the caller must wait for
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
  // The runtime sends a callback's answer when the event loop is empty, which a flush would delay.
  const wait = answered();
  if (wait) void wait.then(flushAfterResponse);
  else flushAfterResponse();
  return undefined;
}

/** The runtime posts the response one turn of the event loop after the handler's end, and blocks meanwhile. */
function afterResponse(work: () => unknown): void {
  setImmediate(() => setImmediate(work));
}

/** Flushes without a deadline, since the process outlives the invocation, and again after a failed push. */
function flushInAWhile(): void {
  flushWithin(msUntilTurn(), async () => {
    const flusher = currentInstance()?.pusher?.flusher;
    await flusher?.flush(undefined, true);
    if (flusher?.pending) flushInAWhile();
  });
}
