import type { Options } from "@prefreeze/core";
import {
  beInert,
  currentInstance,
  type Instance,
  instanceOn,
  isActiveElsewhere,
  type Platform,
  shared,
} from "@prefreeze/core/adapter";
import { announceToThreads } from "../process/announce-to-threads.js";
import { isSupportedNode } from "../process/supported-node.js";
import { randomBytes } from "../process/random-bytes.js";
import { processTransport } from "./process-transport.js";
import { programPackage } from "./program-package.js";
import { pushMode } from "./push-mode.js";
import { describeWebFunction, isWebFunction } from "./web-function.js";

/** Nothing waits for a push of a process that goes on, and a gateway with many groups may need seconds. */
const FLUSH_TIMEOUT_MS = 5_000;

/** Of all copies of this package in the thread. */
const own = shared<{ platform: Platform | undefined }>("processPlatform", { platform: undefined });

/**
 * The instance of a process that goes on: a server, a job. On Lambda and Vercel it is the one that their adapters
 * have set up.
 *
 * @returns undefined under test runners unless `PREFREEZE_ACTIVE` is set, while Next.js builds, and on Lambda and
 *   Vercel until an adapter has set one up
 */
export function processInstance(options: Options = {}): Instance | undefined {
  const current = currentInstance();
  if (!own.platform) {
    if (current) return current;
    const { env } = process;
    const adapter = adapterOf(env);
    if (adapter) return beInert(adapter);
    if (env["NEXT_PHASE"] === "phase-production-build") return beInert("Next.js is building");
    const runner = testRunner(env);
    if (runner) {
      const reason = `this is a test, since ${runner} is set`;
      if (!isActiveElsewhere(reason, options, env)) return undefined;
    }
    if (!isSupportedNode()) return beInert("this version of Node.js is not supported");
    own.platform = isWebFunction(env) ? describeWebFunction(env) : describePlatform(env);
  }
  const instance = instanceOn(own.platform, options);
  // Not at once: it loads a module, and a start need not wait for it.
  if (instance && !current) setTimeout(announceToThreads).unref();
  return instance;
}

/** Whether this package has set the instance up, and pushes it. On Lambda and Vercel, their adapters do. */
export function isProcessInstance({ platform }: Instance): boolean {
  return platform === own.platform;
}

/** Why another package sets the instance up here. @returns undefined if none does */
function adapterOf(env: NodeJS.ProcessEnv): string | undefined {
  if (isWebFunction(env)) return undefined;
  if (env["VERCEL"] !== undefined) return "this is Vercel, whose adapter is @prefreeze/vercel";
  if (env["AWS_LAMBDA_RUNTIME_API"] !== undefined)
    return "this is AWS Lambda, whose adapter is @prefreeze/aws-lambda";
  return undefined;
}

/** The variable by which a test runner shows itself. */
function testRunner(env: NodeJS.ProcessEnv): string | undefined {
  if (env["NODE_ENV"] === "test") return "NODE_ENV=test";
  return ["VITEST", "JEST_WORKER_ID", "NODE_TEST_CONTEXT"].find((name) => env[name]);
}

function describePlatform(env: NodeJS.ProcessEnv): Platform {
  const { name, version } = programPackage(env);
  const host = process.getBuiltinModule("node:os").hostname();
  return {
    name: "node",
    get flushMode() {
      return pushMode();
    },
    freezes: false,
    flushesAtEnd: true,
    flushTimeoutMs: FLUSH_TIMEOUT_MS,
    env,
    job: env["OTEL_SERVICE_NAME"] || name || "node",
    instancePrefix: host || "node",
    targetInfo: {
      host_name: host,
      process_runtime_name: "nodejs",
      process_runtime_version: process.versions.node,
      service_version: version,
    },
    randomBytes,
    transport: processTransport,
  };
}
