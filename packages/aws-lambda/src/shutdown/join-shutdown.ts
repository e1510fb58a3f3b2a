import { threadId } from "node:worker_threads";
import { openShutdownChannel } from "./shutdown-channel.js";
import { shutdownDeadlineMs } from "./shutdown-time.js";

/** What the copies of core in a thread share, so far as it is needed here; none of them is made by this. */
interface SharedState {
  readonly instance?: { readonly flusher?: { flush(deadlineMs: number): Promise<void> } };
}

/** In a thread that serves invocations: flushes when the main thread says so. */
export function joinShutdown(): void {
  const tell = openShutdownChannel(async (message) => {
    if (message !== "flush") return;
    const shared = (globalThis as { readonly [key: symbol]: SharedState | undefined })[
      Symbol.for("prefreeze/1")
    ];
    await shared?.instance?.flusher?.flush(shutdownDeadlineMs());
    tell({ flushed: threadId });
  });
  tell({ joined: threadId });
}
