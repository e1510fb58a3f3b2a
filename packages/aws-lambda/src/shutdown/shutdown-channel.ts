/** A message between the threads of a process: one has joined, one has flushed, or all must flush. */
export type ShutdownMessage = { readonly joined?: number; readonly flushed?: number } | "flush";

/** Opens the channel of this process, with its version in the name. It does not keep the thread running. */
export function openShutdownChannel(received: (message: ShutdownMessage) => unknown) {
  const { BroadcastChannel } = process.getBuiltinModule("node:worker_threads");
  const channel = new BroadcastChannel("prefreeze/1/shutdown");
  channel.addEventListener("message", (event) =>
    received((event as Event & { readonly data: ShutdownMessage }).data),
  );
  channel.unref();
  return (message: ShutdownMessage) => channel.postMessage(message);
}
