import { THREADS_KEY } from "@prefreeze/core/adapter";

/**
 * Tells the worker threads that are started from now on that this thread has an instance, and they have none:
 * recordings in them end in one warning. A thread with an instance of its own does not warn.
 */
export function announceToThreads(): void {
  const { setEnvironmentData } = process.getBuiltinModule("node:worker_threads");
  setEnvironmentData(THREADS_KEY, new Int32Array(new SharedArrayBuffer(4)));
}
