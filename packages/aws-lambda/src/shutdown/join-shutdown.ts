import { threadId } from "node:worker_threads";
import { openShutdownChannel } from "./shutdown-channel.js";
import { currentThreadEnd } from "./thread-end.js";

/** In a thread that serves invocations: ends its instance's life when the main thread says so. */
export function joinShutdown(): void {
  const tell = openShutdownChannel(async (message) => {
    if (message !== "flush") return;
    await currentThreadEnd()?.();
    tell({ flushed: threadId });
  });
  tell({ joined: threadId });
}
