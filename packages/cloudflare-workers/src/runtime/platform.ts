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
import { findAggregator, type FoundAggregator } from "../aggregator-client/find-aggregator.js";
import { throughAggregator } from "../aggregator-client/through-aggregator.js";
import { loadWorkerExports } from "../aggregator-client/worker-exports.js";
import { isContext } from "./worker-context.js";
import { FLUSH_TIMEOUT_MS, type WorkerOptions, workerSettings } from "./worker-options.js";

/** The shortest time between the starts of two pushes of an isolate. */
const WINDOW_MS = 1_000;
/** The runtime ends what `waitUntil` waits for 30 s after the response. */
const LONGEST_FLUSH_MS = 28_000;

/** Where an isolate pushes. */
interface Isolate {
  readonly platform: Platform;
  /** Its pushes go to the aggregator object by these options. */
  readonly through: ((options: WorkerOptions) => WorkerOptions) | undefined;
}

let isolate: Isolate | undefined;
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
  const onWorkers = "WebSocketPair" in globalThis;
  const measured = onWorkers
    ? isContext(ctx)
    : isActiveElsewhere("this is not the Workers runtime", options, variablesOf(env));
  if (!measured) return undefined;
  isolate ??= describeIsolate(options, env, onWorkers ? findAggregator(env, ctx) : undefined);
  return instanceOn(isolate.platform, isolate.through?.(options) ?? options);
}

interface AsyncHooks {
  readonly AsyncLocalStorage: new () => InvocationStore;
}

/**
 * Loads `AsyncLocalStorage`, which a Worker has with `nodejs_compat` or `nodejs_als`, and what the Worker exports.
 * A static import would stop a Worker without these flags from starting. Without the store, the single slot keeps
 * sums exact.
 */
export function loadInvocationStore(): void {
  if (!isolate) beInert("no wrapped handler was called yet");
  loadWorkerExports();
  // Written so that bundlers do not look for the module and warn that there is none.
  (import(["node", "async_hooks"].join(":")) as Promise<AsyncHooks>).then(
    ({ AsyncLocalStorage }) => {
      loaded ??= new AsyncLocalStorage();
      if (isolate) useInvocationStore(loaded);
    },
    () => undefined,
  );
}

function variablesOf(env: unknown): Platform["env"] {
  return Object(env) as Platform["env"];
}

function describeIsolate(
  options: WorkerOptions,
  env: unknown,
  aggregator: FoundAggregator | undefined,
): Isolate {
  const { shards = 1 } = workerSettings(options, variablesOf(env));
  return {
    through: aggregator && throughAggregator(aggregator.namespace, shards),
    platform: {
      name: "cloudflare_workers",
      flushMode: aggregator
        ? ["flush in waitUntil, to the aggregator object", `${aggregator.place} is there`]
        : ["flush in waitUntil"],
      flushTimeoutMs: FLUSH_TIMEOUT_MS,
      pushWindow: createPushWindow(WINDOW_MS, LONGEST_FLUSH_MS),
      env: variablesOf(env),
      // A Worker does not know its own name.
      job: "cloudflare-worker",
      instancePrefix: "worker",
      targetInfo: { cloud_platform: "cloudflare_workers" },
      ...(loaded && { store: loaded }),
      transport: fetchTransport,
    },
  };
}
