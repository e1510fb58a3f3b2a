import { openShutdownChannel } from "./shutdown-channel.js";
import { currentThreadEnd } from "./thread-end.js";

/** Ends the life of this thread's instance when the main thread says so; for threads that serve invocations. */
export function joinShutdown(): void {
  const { threadId } = process.getBuiltinModule("node:worker_threads");
  const tell = openShutdownChannel(async (message) => {
    if (message !== "flush") return;
    await currentThreadEnd()?.();
    tell({ flushed: threadId });
  });
  tell({ joined: threadId });
}
