import type { Options } from "@prefreeze/core";
import { type Instance, instanceOn, type Platform } from "@prefreeze/core/adapter";
import { asyncInvocationStore, httpTransport } from "@prefreeze/node";

let platform: Platform | undefined;

/** The instance of this process. @returns undefined outside Vercel, and while Next.js builds */
export function vercelInstance(options: Options): Instance | undefined {
  const { env } = process;
  if (env["VERCEL"] === undefined || env["NEXT_PHASE"] === "phase-production-build")
    return undefined;
  return instanceOn((platform ??= describePlatform(env)), options);
}

function describePlatform(env: NodeJS.ProcessEnv): Platform {
  // No variable has the project's name, but the production address starts with it.
  const name =
    env["VERCEL_PROJECT_PRODUCTION_URL"]?.split(".")[0] || env["VERCEL_GIT_REPO_SLUG"] || "vercel";
  const targetInfo = {
    cloud_platform: "vercel",
    cloud_region: env["VERCEL_REGION"],
    faas_name: name,
    process_runtime_name: "nodejs",
    process_runtime_version: process.versions.node,
    service_version: env["VERCEL_GIT_COMMIT_SHA"],
  };
  return {
    name: "vercel",
    flushMode: ["flush in waitUntil"],
    env,
    job: name,
    instancePrefix: env["VERCEL_REGION"] || "vercel",
    targetInfo,
    // Fluid compute serves requests concurrently.
    store: asyncInvocationStore(),
    transport: httpTransport,
  };
}
