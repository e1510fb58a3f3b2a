/** What threads tell each other: which ones push, that one has pushed for the last time, that all must. */
type Message = { readonly joined?: number; readonly ended?: number } | "who" | "end";

/** The version in the name stands for the messages. */
const CHANNEL = "prefreeze/1/process-end";

/**
 * Tells worker threads that the process ends, since signals reach the main thread alone; or, in a worker thread, waits
 * to be told.
 *
 * @param lastWork what this thread does then
 * @returns makes all worker threads do it, and resolves when they have
 */
export function joinThreadEnds(lastWork: () => Promise<void>): () => Promise<void> {
  const { BroadcastChannel, isMainThread, threadId } =
    process.getBuiltinModule("node:worker_threads");
  const channel = new BroadcastChannel(CHANNEL);
  channel.unref();
  const tell = (message: Message) => channel.postMessage(message);
  const threads = new Set<number>();
  let allEnded: (() => void) | undefined;
  const end = (thread: number) => {
    threads.delete(thread);
    if (threads.size === 0) allEnded?.();
  };
  const receive = (message: Message) => {
    if (message === "who") {
      if (!isMainThread) tell({ joined: threadId });
    } else if (message === "end") {
      if (!isMainThread) void lastWork().then(() => tell({ ended: threadId }));
    } else {
      if (message.joined !== undefined) threads.add(message.joined);
      if (message.ended !== undefined) end(message.ended);
    }
  };
  channel.addEventListener("message", (event) =>
    receive((event as Event & { readonly data: Message }).data),
  );
  if (isMainThread) {
    tell("who");
    // One that is terminated says nothing.
    process.on("worker", (worker) => {
      const { threadId: thread } = worker;
      worker.once("exit", () => end(thread));
    });
  } else {
    tell({ joined: threadId });
    process.once("exit", () => tell({ ended: threadId }));
  }
  return async () => {
    if (!isMainThread || threads.size === 0) return;
    await new Promise<void>((resolve) => {
      allEnded = resolve;
      tell("end");
    });
  };
}
