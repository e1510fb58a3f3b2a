import { endLife, failRunning, state } from "@prefreeze/core/adapter";
import { onTerminate } from "@prefreeze/node";
import { isRegistered } from "../extension/extension.js";
import { SHUTDOWN_FLUSH_MS, shutdownDeadlineMs } from "./shutdown-time.js";
import { currentThreadEnd, provideThreadEnd } from "./thread-end.js";

const endings = new Set<() => void>();

/** Called before the last flush: ends what is known to be over then. */
export function beforeShutdown(end: () => void): void {
  endings.add(end);
}

/** Counts the invocations that the end of the process cuts off; the next process here pushes that. */
export function countAtExit(): void {
  process.on("exit", () => {
    if (state.instance) failRunning(state.instance, "crash");
  });
}

/**
 * Ends the instance's life when the environment is shut down: flushes what is left over, or deletes the
 * group where that has been scraped. AWS tells of a shutdown only where an extension is registered.
 */
export function endAtShutdown(): void {
  // Of another copy of this package in the process: there is one instance, and one end of it.
  const earlier = currentThreadEnd();
  provideThreadEnd(async () => {
    for (const ending of endings) ending();
    const pushing = state.instance?.pushing;
    if (earlier) await earlier();
    else if (pushing) await endLife(pushing, shutdownDeadlineMs());
  });
  if (!earlier && isRegistered())
    onTerminate(async () => currentThreadEnd()?.(), SHUTDOWN_FLUSH_MS);
}
