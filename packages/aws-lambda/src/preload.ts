import { isMainThread } from "node:worker_threads";
import { registerExtension } from "./extension/extensions-api.js";
import { joinShutdown } from "./shutdown/join-shutdown.js";
import { isManagedInstance } from "./managed-instance.js";
import { register } from "./extension/register-extension.js";
import { isRuntimeProcess } from "./runtime-process.js";
import { flushThreadsOnShutdown } from "./shutdown/thread-shutdown.js";

// What `NODE_OPTIONS` preloads gets into every Node.js process and thread, also into those that only start
// the runtime (`npx aws-lambda-ric`). AWS's own client is known by its path; the handler is loaded after this.
if (/^\/var\/runtime\/|aws-lambda-ric/.test(process.argv[1] ?? "") && isRuntimeProcess()) {
  if (!isManagedInstance()) {
    await register();
    leaveOutOfChildren();
  } else if (isMainThread) await awaitShutdown();
  else joinShutdown();
}

/** Nothing is frozen on Managed Instances, but the signal at the end is the main thread's alone. */
async function awaitShutdown(): Promise<void> {
  flushThreadsOnShutdown();
  try {
    const nextEvent = await registerExtension([]);
    // An environment is ready when each extension waits for its next event. There is none to come.
    nextEvent().catch(() => undefined);
  } catch {
    // Then there is no signal at the end, and what the threads push by themselves is all there is.
  }
}

/** In a child process this is inert, and costs its start some milliseconds. */
function leaveOutOfChildren(): void {
  const options = process.env["NODE_OPTIONS"];
  if (options)
    process.env["NODE_OPTIONS"] = options.replace(/ *--import[= ]\S*register\.mjs/, "").trim();
}
