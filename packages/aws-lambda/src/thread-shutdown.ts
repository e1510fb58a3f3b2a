import { BroadcastChannel, threadId } from "node:worker_threads";
import { onTerminate } from "@prefreeze/node";
import { SHUTDOWN_FLUSH_MS } from "./shutdown-time.js";

/** What the threads of a process tell each other; the name carries its version. */
const CHANNEL = "prefreeze/1/shutdown";

type Message = { readonly joined: number } | { readonly flushed: number } | "flush";

/**
 * In the main thread, which alone gets the signal: has every thread that joined flush before the process ends.
 */
export function flushThreadsOnShutdown(): void {
  const threads = new Set<number>();
  let allFlushed: () => void = () => undefined;
  const channel = openChannel((message) => {
    if (message === "flush") return;
    if ("joined" in message) threads.add(message.joined);
    else if (threads.delete(message.flushed) && threads.size === 0) allFlushed();
  });
  onTerminate(async () => {
    if (threads.size === 0) return;
    await new Promise<void>((resolve) => {
      allFlushed = resolve;
      channel.postMessage("flush" satisfies Message);
    });
  }, SHUTDOWN_FLUSH_MS);
}

/** In a thread that serves invocations: flushes when the main thread says so. */
export function joinShutdown(flush: () => Promise<void>): void {
  const channel = openChannel((message) => {
    if (message !== "flush") return;
    void flush().then(() => channel.postMessage({ flushed: threadId } satisfies Message));
  });
  channel.postMessage({ joined: threadId } satisfies Message);
}

function openChannel(received: (message: Message) => void): BroadcastChannel {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", (event) =>
    received((event as Event & { readonly data: Message }).data),
  );
  // It keeps no thread running.
  channel.unref();
  return channel;
}
