import { threadId } from "node:worker_threads";
import { openShutdownChannel } from "./shutdown-channel.js";

/** In a thread that serves invocations: flushes when the main thread says so. */
export function joinShutdown(flush: () => Promise<void>): void {
  const tell = openShutdownChannel((message) => {
    if (message === "flush") void flush().then(() => tell({ flushed: threadId }));
  });
  tell({ joined: threadId });
}
