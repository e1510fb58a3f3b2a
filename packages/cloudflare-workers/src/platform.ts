import type { Options } from "@prefreeze/core";
import {
  fetchTransport,
  type Instance,
  instanceOn,
  type InvocationStore,
  type Platform,
  state,
} from "@prefreeze/core/adapter";

let platform: Platform | undefined;
let loaded: InvocationStore | undefined;

/**
 * The instance of this isolate; undefined outside of the Workers runtime. Its id is random, which no isolate
 * may be before its first request.
 */
export function workerInstance(options: Options, env: unknown): Instance | undefined {
  // Of what only this runtime has, the one global that no compatibility date or flag takes away.
  if (!("WebSocketPair" in globalThis)) return undefined;
  return instanceOn((platform ??= describePlatform(env)), options);
}

interface AsyncHooks {
  readonly AsyncLocalStorage: new () => InvocationStore;
}

/**
 * Asks for `AsyncLocalStorage`, which is there with `nodejs_compat` or `nodejs_als`. A static import would
 * stop a Worker without them from starting; without it, the single slot keeps sums exact.
 */
export function loadInvocationStore(): void {
  // Spelled so that bundlers do not look for it, and warn that they found nothing.
  (import(["node", "async_hooks"].join(":")) as Promise<AsyncHooks>).then(
    ({ AsyncLocalStorage }) => {
      loaded ??= new AsyncLocalStorage();
      if (platform !== undefined) state.store = loaded;
    },
    () => undefined,
  );
}

function describePlatform(env: unknown): Platform {
  return {
    name: "cloudflare_workers",
    flushMode: ["flush in waitUntil"],
    env: Object(env) as Platform["env"],
    // A Worker is not told its own name.
    job: "cloudflare-worker",
    instancePrefix: "worker",
    targetInfo: { cloud_platform: "cloudflare_workers" },
    store: loaded ?? state.store,
    transport: fetchTransport,
  };
}
