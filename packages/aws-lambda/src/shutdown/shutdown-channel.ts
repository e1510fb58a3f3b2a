import { BroadcastChannel } from "node:worker_threads";

/** What the threads of a process tell each other: that one joined or has flushed, or that all shall. */
export type ShutdownMessage = { readonly joined?: number; readonly flushed?: number } | "flush";

/** Opens the channel of this process, whose name carries its version; it keeps no thread running. */
export function openShutdownChannel(received: (message: ShutdownMessage) => unknown) {
  const channel = new BroadcastChannel("prefreeze/1/shutdown");
  channel.addEventListener("message", (event) =>
    received((event as Event & { readonly data: ShutdownMessage }).data),
  );
  channel.unref();
  return (message: ShutdownMessage) => channel.postMessage(message);
}
