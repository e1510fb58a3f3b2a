import type { Options } from "@prefreeze/core";
import {
  beInert,
  fetchTransport,
  type Instance,
  instanceOn,
  isActiveElsewhere,
  type Platform,
  runtimeStore,
} from "@prefreeze/core/adapter";
import { asyncInvocationStore, httpTransport, isSupportedNode } from "@prefreeze/node";
import { isEdgeRuntime, vercelInstance } from "../runtime/platform.js";
import { flushAtTermination, FLUSH_WITHIN_MS } from "./long-lived.js";

let platform: Platform | undefined;

/**
 * The instance of this process or isolate: that of Vercel, or of a server that runs elsewhere.
 *
 * @returns undefined while Next.js builds, and outside Vercel unless `PREFREEZE_JOB` or `PREFREEZE_ACTIVE` is set
 */
export function nextInstance(options: Options): Instance | undefined {
  const { env } = process;
  if (env["VERCEL"] !== undefined || env["NEXT_PHASE"] === "phase-production-build")
    return vercelInstance(options);
  const wanted = env["PREFREEZE_JOB"] && env["NODE_ENV"] !== "test";
  if (
    !wanted &&
    !isActiveElsewhere("this is not Vercel, and PREFREEZE_JOB is not set", options, env)
  )
    return undefined;
  const edge = isEdgeRuntime();
  if (!edge && !isSupportedNode()) return beInert("this version of Node.js is not supported");
  const first = !platform;
  const instance = instanceOn(
    (platform ??= edge ? edgePlatform(env) : serverPlatform(env)),
    options,
  );
  if (first && instance?.platform.name === "next" && !edge) flushAtTermination();
  return instance;
}

/** A server that goes on. */
function serverPlatform(env: NodeJS.ProcessEnv): Platform {
  // Members of `process` would make Next.js warn when it builds for the edge runtime.
  const { process } = globalThis;
  const host = process.getBuiltinModule("node:os").hostname();
  return {
    ...describe(env, host),
    flushMode: [`push within ${FLUSH_WITHIN_MS / 1_000} s`, "the server goes on"],
    flushesAtEnd: true,
    targetInfo: {
      host_name: host,
      process_runtime_name: "nodejs",
      process_runtime_version: process.versions.node,
    },
    store: asyncInvocationStore(),
    transport: httpTransport,
  };
}

/** What Next.js runs in its edge runtime, inside the same server. */
function edgePlatform(env: NodeJS.ProcessEnv): Platform {
  const store = runtimeStore();
  return {
    ...describe(env, "edge"),
    flushMode: ["flush in waitUntil"],
    targetInfo: { process_runtime_name: "edge-light" },
    ...(store && { store }),
    transport: fetchTransport,
  };
}

function describe(env: NodeJS.ProcessEnv, instancePrefix: string) {
  const job = env["OTEL_SERVICE_NAME"] || env["npm_package_name"] || "next";
  return { name: "next", env, job, instancePrefix: instancePrefix || "next" };
}
