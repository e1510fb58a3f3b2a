import type { Options } from "@prefreeze/core";
import {
  beInert,
  createPushWindow,
  fetchTransport,
  type Instance,
  instanceOn,
  isActiveElsewhere,
  type Platform,
  runtimeStore,
} from "@prefreeze/core/adapter";
import {
  announceToThreads,
  asyncInvocationStore,
  httpTransport,
  isSupportedNode,
  randomBytes,
} from "@prefreeze/node";
import { drainAtTerminate } from "./drain.js";
import { flushMode } from "./flush-mode.js";

/** The shortest time between the starts of two pushes that nothing waits for. */
const WINDOW_MS = 500;
/** The edge runtime ends what `waitUntil` waits for 30 s after the response. */
const LONGEST_FLUSH_MS = 28_000;

let platform: Platform | undefined;

/** The runtime is Vercel's edge runtime, which has no Node.js APIs. */
export function isEdgeRuntime(): boolean {
  return "EdgeRuntime" in globalThis;
}

/** The instance of this process or isolate. @returns undefined outside Vercel unless `PREFREEZE_ACTIVE` is set, and while Next.js builds */
export function vercelInstance(options: Options): Instance | undefined {
  const { env } = process;
  if (env["NEXT_PHASE"] === "phase-production-build") return beInert("Next.js is building");
  if (
    env["VERCEL"] === undefined &&
    !isActiveElsewhere("this is not Vercel, since VERCEL is not set", options, env)
  )
    return undefined;
  if (!isEdgeRuntime() && !isSupportedNode())
    return beInert("this version of Node.js is not supported");
  const first = !platform;
  const instance = instanceOn((platform ??= describePlatform(env)), options);
  // Not at once: it loads a module, and a cold start need not wait for it.
  if (first && instance?.platform === platform && !isEdgeRuntime()) {
    setTimeout(announceToThreads);
    drainAtTerminate(env["VERCEL"] !== undefined);
  }
  return instance;
}

function describePlatform(env: NodeJS.ProcessEnv): Platform {
  // No variable has the project's name, but the production address starts with it.
  const name =
    env["VERCEL_PROJECT_PRODUCTION_URL"]?.split(".")[0] || env["VERCEL_GIT_REPO_SLUG"] || "vercel";
  const edge = isEdgeRuntime();
  // A member of `process` would make Next.js warn when it builds for the edge runtime.
  const { versions } = process;
  const targetInfo = {
    cloud_platform: "vercel",
    cloud_region: env["VERCEL_REGION"],
    faas_name: name,
    process_runtime_name: edge ? "edge-light" : "nodejs",
    process_runtime_version: edge ? undefined : versions.node,
    service_version: env["VERCEL_GIT_COMMIT_SHA"],
  };
  // Fluid compute and the edge runtime serve requests concurrently.
  const store = edge ? runtimeStore() : asyncInvocationStore();
  return {
    name: "vercel",
    get flushMode() {
      return flushMode();
    },
    pushWindow: createPushWindow(WINDOW_MS, LONGEST_FLUSH_MS),
    env,
    job: name,
    instancePrefix: env["VERCEL_REGION"] || "vercel",
    targetInfo,
    ...(store && { store }),
    ...(!edge && { randomBytes }),
    transport: edge ? fetchTransport : httpTransport,
  };
}
