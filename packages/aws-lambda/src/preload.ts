import { isMainThread } from "node:worker_threads";
import { registerExtension } from "./extensions-api.js";
import { isManagedInstance } from "./managed-instance.js";
import { register } from "./register-extension.js";
import { isRuntimeProcess } from "./runtime-process.js";
import { flushThreadsOnShutdown } from "./thread-shutdown.js";

// What `NODE_OPTIONS` preloads gets into every Node.js process, also into those that only start the
// runtime (`npx aws-lambda-ric`). AWS's own client is known by its path; the handler is loaded after this.
if (/^\/var\/runtime\/|aws-lambda-ric/.test(process.argv[1] ?? "")) {
  await register();
  // Nothing is frozen there, and no event tells of an invocation: what is wanted is the signal at the end,
  // which the main thread alone gets.
  if (isRuntimeProcess() && isManagedInstance() && isMainThread) {
    flushThreadsOnShutdown();
    try {
      const waitForEvent = await registerExtension([]);
      // An environment is ready when each extension waits for its next event. There is none to come.
      waitForEvent().catch(() => undefined);
    } catch {
      // Then there is no signal at the end, and the threads' own intervals are all there is.
    }
  }
}
