import {
  beInert,
  createPushWindow,
  fetchTransport,
  type Instance,
  instanceOn,
  type InvocationStore,
  isActiveElsewhere,
  type Platform,
  useInvocationStore,
} from "@prefreeze/core/adapter";
import { isContext } from "./worker-context.js";
import { FLUSH_TIMEOUT_MS, type WorkerOptions } from "./worker-options.js";

let platform: Platform | undefined;
let loaded: InvocationStore | undefined;

/**
 * The instance of this isolate. Its id is random, and an isolate has no random values before its first
 * request.
 *
 * @returns undefined if the call has no context, since it is not the runtime's, and outside the Workers runtime
 *   unless `PREFREEZE_ACTIVE` is set
 */
export function workerInstance(
  options: WorkerOptions,
  env: unknown,
  ctx: unknown,
): Instance | undefined {
  // Of the globals that only this runtime has, the one that no compatibility date or flag removes.
  const measured =
    "WebSocketPair" in globalThis
      ? isContext(ctx)
      : isActiveElsewhere(
          "this is not the Workers runtime",
          options,
          Object(env) as Platform["env"],
        );
  if (!measured) return undefined;
  return instanceOn((platform ??= describePlatform(env)), options);
}

/** The shortest time between the starts of two pushes of an isolate. */
const WINDOW_MS = 1_000;
/** The runtime ends what `waitUntil` waits for 30 s after the response. */
const LONGEST_FLUSH_MS = 28_000;

interface AsyncHooks {
  readonly AsyncLocalStorage: new () => InvocationStore;
}

/**
 * Loads `AsyncLocalStorage`, which a Worker has with `nodejs_compat` or `nodejs_als`. A static import would
 * stop a Worker without these flags from starting. Without it, the single slot keeps sums exact.
 */
export function loadInvocationStore(): void {
  if (!platform) beInert("no wrapped handler was called yet");
  // Written so that bundlers do not look for the module and warn that there is none.
  (import(["node", "async_hooks"].join(":")) as Promise<AsyncHooks>).then(
    ({ AsyncLocalStorage }) => {
      loaded ??= new AsyncLocalStorage();
      if (platform !== undefined) useInvocationStore(loaded);
    },
    () => undefined,
  );
}

function describePlatform(env: unknown): Platform {
  return {
    name: "cloudflare_workers",
    flushMode: ["flush in waitUntil"],
    flushTimeoutMs: FLUSH_TIMEOUT_MS,
    pushWindow: createPushWindow(WINDOW_MS, LONGEST_FLUSH_MS),
    env: Object(env) as Platform["env"],
    // A Worker does not know its own name.
    job: "cloudflare-worker",
    instancePrefix: "worker",
    targetInfo: { cloud_platform: "cloudflare_workers" },
    ...(loaded && { store: loaded }),
    transport: fetchTransport,
  };
}
