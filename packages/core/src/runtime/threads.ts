import { shared } from "./shared.js";
import { warn } from "./warn.js";

/** Under this key, a thread of Node.js with an instance leaves shared memory for the threads that it starts. */
export const THREADS_KEY = "prefreeze/threads";

const thread = shared("thread", { isChecked: false });

/** This thread has an instance, which pushes what is recorded in it. */
export function hasInstance(): void {
  thread.isChecked = true;
}

/** Warns, once in the process, of recordings in a thread without an instance that one with an instance has started. */
export function checkThread(): void {
  if (thread.isChecked) return;
  thread.isChecked = true;
  try {
    const { process } = globalThis as {
      readonly process?: {
        getBuiltinModule?(id: string): { getEnvironmentData?(key: string): unknown } | undefined;
      };
    };
    const found = process
      ?.getBuiltinModule?.("node:worker_threads")
      ?.getEnvironmentData?.(THREADS_KEY);
    if (found instanceof Int32Array && Atomics.exchange(found, 0, 1) === 0)
      warn("recordings in a worker thread are lost: record in the main thread");
  } catch {
    // On Next.js's edge runtime, which has no such threads, looking throws.
  }
}
