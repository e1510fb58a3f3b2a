import { onTerminate } from "@prefreeze/node";
import { openShutdownChannel } from "./shutdown-channel.js";
import { SHUTDOWN_FLUSH_MS } from "./shutdown-time.js";

/** On SIGTERM, which only the main thread gets, makes every thread that has joined flush before the end. */
export function flushThreadsOnShutdown(): void {
  const threads = new Set<number>();
  let allFlushed: () => void = () => undefined;
  const tell = openShutdownChannel((message) => {
    if (message === "flush") return;
    if (message.joined !== undefined) threads.add(message.joined);
    if (message.flushed !== undefined) threads.delete(message.flushed);
    if (threads.size === 0) allFlushed();
  });
  onTerminate(async () => {
    if (threads.size === 0) return;
    await new Promise<void>((resolve) => {
      allFlushed = resolve;
      tell("flush");
    });
  }, SHUTDOWN_FLUSH_MS);
}
