import { state } from "@prefreeze/core/adapter";
import { onTerminate } from "@prefreeze/node";
import { currentExtension } from "../extension/extension.js";
import { SHUTDOWN_FLUSH_MS, shutdownDeadlineMs } from "./shutdown-time.js";

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
    await state.instance?.flusher?.flush(shutdownDeadlineMs());
  };
  const extension = currentExtension();
  if (extension && extension.refusal === undefined) onTerminate(flush, SHUTDOWN_FLUSH_MS);
}
