import { isMainThread } from "node:worker_threads";
import { currentExtension, provideExtension } from "./extension.js";
import { registerExtension } from "./extensions-api.js";
import { createExtension } from "./in-process-extension.js";
import { isManagedInstance } from "./managed-instance.js";
import { isRuntimeProcess, startsRuntimeClient } from "./runtime-process.js";
import { flushThreadsOnShutdown } from "./thread-shutdown.js";

/**
 * Registers this process as an extension of itself, so that flushes can follow the response; to be
 * awaited before the runtime asks for its first invocation. Never rejects.
 *
 * It does nothing outside of Lambda, in child processes and worker threads, and when called again.
 */
export async function register(): Promise<void> {
  if (!startsRuntimeClient() || !isRuntimeProcess() || !isMainThread || currentExtension()) return;
  // Nothing is frozen there, and no event tells of an invocation: what is wanted is the signal at the end.
  const managed = isManagedInstance();
  try {
    const next = await registerExtension(
      process.env["AWS_LAMBDA_RUNTIME_API"]!,
      managed ? [] : ["INVOKE"],
    );
    if (managed) {
      flushThreadsOnShutdown();
      // An environment is ready when each extension waits for its next event.
      next().catch(() => undefined);
    } else provideExtension(createExtension(next));
  } catch (error) {
    provideExtension(refused(String(error)));
  }
}

function refused(refusal: string) {
  const nothing = () => undefined;
  return { refusal, begin: nothing, holds: () => false, done: nothing };
}
