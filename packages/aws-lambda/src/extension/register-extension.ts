import { currentExtension, provideExtension } from "./extension.js";
import { registerExtension } from "./extensions-api.js";
import { createExtension } from "./in-process-extension.js";
import { isManagedInstance } from "../environment/managed-instance.js";
import { isRuntimeProcess } from "../environment/runtime-process.js";

/**
 * Registers this process as an extension of its own environment, so that flushes can follow the response.
 * Await it before the runtime asks for its first invocation. Never rejects.
 *
 * It does nothing outside Lambda, in child processes, on Managed Instances, and when called again.
 */
export async function register(): Promise<void> {
  if (!isRuntimeProcess() || isManagedInstance() || currentExtension()) return;
  if (!process.getBuiltinModule("node:worker_threads").isMainThread) return;
  try {
    let notRead: string | undefined;
    const next = await registerExtension(["INVOKE"], (reason) => (notRead = reason));
    provideExtension(createExtension(next, () => notRead));
  } catch (error) {
    const nothing = () => undefined;
    provideExtension({
      refusal: String(error),
      begin: nothing,
      holds: () => false,
      done: nothing,
    });
  }
}
