import { isMainThread } from "node:worker_threads";
import { state } from "@prefreeze/core/adapter";
import { onTerminate } from "@prefreeze/node";
import { currentExtension } from "./extension.js";
import { joinShutdown } from "./join-shutdown.js";
import { isManagedInstance } from "./managed-instance.js";
import { SHUTDOWN_FLUSH_MS } from "./shutdown-time.js";

/** What a flusher leaves of a deadline to the function. */
const FLUSHER_MARGIN_MS = 100;

const endings = new Set<() => void>();

/** Called before the last flush: ends what is known to be over then. */
export function beforeShutdown(end: () => void): void {
  endings.add(end);
}

/**
 * Flushes once more when the environment is shut down, what a failed push has left over. AWS tells of
 * that only where an extension is registered.
 */
export function flushAtShutdown(): void {
  const flush = async () => {
    for (const end of endings) end();
    await state.instance?.flusher?.flush(Date.now() + SHUTDOWN_FLUSH_MS + FLUSHER_MARGIN_MS);
  };
  if (isManagedInstance() && !isMainThread) joinShutdown(flush);
  else if (currentExtension() && currentExtension()?.refusal === undefined)
    onTerminate(flush, SHUTDOWN_FLUSH_MS);
}
