import { currentInstance, endLife, failRunning } from "@prefreeze/core/adapter";
import { onTerminate } from "@prefreeze/node";
import { isRegistered } from "../extension/extension.js";
import { SHUTDOWN_FLUSH_MS } from "./shutdown-time.js";
import { currentThreadEnd, provideThreadEnd } from "./thread-end.js";

const endings = new Set<() => void>();

/** Registers `end`, which is called before the final flush to end an invocation that is over by then. */
export function beforeShutdown(end: () => void): void {
  endings.add(end);
}

/** When the process exits, counts the invocations that this cuts off. The next process here pushes the count. */
export function countAtExit(): void {
  process.on("exit", () => {
    const instance = currentInstance();
    if (instance) failRunning(instance, "crash");
  });
}

/**
 * Ends the instance's life when the environment shuts down: flushes totals not yet pushed, or deletes the
 * group if it has been scraped. AWS announces a shutdown only if an extension is registered.
 */
export function endAtShutdown(): void {
  const earlier = currentThreadEnd();
  provideThreadEnd(async () => {
    const untilMs = Date.now() + SHUTDOWN_FLUSH_MS;
    for (const ending of endings) ending();
    const pusher = currentInstance()?.pusher;
    // Another copy of this package in the process ends the same instance, unless it has another version.
    const ended = await earlier?.();
    if (pusher && ended !== pusher) await endLife(pusher, untilMs);
    return pusher;
  });
  if (!earlier && isRegistered())
    onTerminate(async () => void (await currentThreadEnd()?.()), SHUTDOWN_FLUSH_MS);
}
