import { registerExtension } from "./extension/extensions-api.js";
import { joinShutdown } from "./shutdown/join-shutdown.js";
import { isManagedInstance } from "./environment/managed-instance.js";
import { register } from "./extension/register-extension.js";
import { isRuntimeProcess } from "./environment/runtime-process.js";
import { flushThreadsOnShutdown } from "./shutdown/thread-shutdown.js";

// `NODE_OPTIONS` preloads this file into every Node.js process and thread, including those that only start
// the runtime (`npx aws-lambda-ric`). AWS's own client is recognised by its path; it loads the handler later.
const runsRuntime =
  /^\/var\/runtime\/|aws-lambda-ric/.test(process.argv[1] ?? "") && isRuntimeProcess();

/** Whether this thread will load the function's handler. On Managed Instances, the main thread does not. */
export const loadsHandler =
  runsRuntime &&
  (!isManagedInstance() || !process.getBuiltinModule("node:worker_threads").isMainThread);

if (runsRuntime) {
  if (!isManagedInstance()) {
    await register();
    leaveOutOfChildren();
  } else if (loadsHandler) joinShutdown();
  else await awaitShutdown();
}

/** Managed Instances never freeze, but only the main thread gets the signal at their end. */
async function awaitShutdown(): Promise<void> {
  flushThreadsOnShutdown();
  try {
    const nextEvent = await registerExtension([]);
    // An environment is ready when each extension waits for its next event, although none will come.
    nextEvent().catch(() => undefined);
  } catch {
    // Without a signal at the end, the threads push only by themselves.
  }
}

/** In child processes the preload would do nothing but cost some milliseconds at their start. */
function leaveOutOfChildren(): void {
  const options = process.env["NODE_OPTIONS"];
  if (options)
    process.env["NODE_OPTIONS"] = options.replace(/ *--import[= ]\S*register\.mjs/, "").trim();
}
