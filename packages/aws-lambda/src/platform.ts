import { instanceOn, type Instance, type Platform, state } from "@prefreeze/core/adapter";
import type { Options } from "@prefreeze/core";
import { asyncInvocationStore, httpTransport } from "@prefreeze/node";
import { flushMode } from "./flush-mode.js";
import { isManagedInstance } from "./managed-instance.js";
import { isRuntimeProcess } from "./runtime-process.js";
import { flushAtShutdown } from "./shutdown.js";

let platform: Platform | undefined;

/** The instance of this execution environment; undefined outside of Lambda, and in child processes. */
export function lambdaInstance(options: Options): Instance | undefined {
  if (!isRuntimeProcess()) return undefined;
  if (!platform) {
    platform = describePlatform(process.env);
    flushAtShutdown();
  }
  return instanceOn(platform, options);
}

function describePlatform(env: NodeJS.ProcessEnv): Platform {
  const name = env["AWS_LAMBDA_FUNCTION_NAME"] ?? "aws-lambda";
  const targetInfo = {
    cloud_platform: "aws_lambda",
    cloud_region: env["AWS_REGION"],
    faas_name: name,
    faas_version: env["AWS_LAMBDA_FUNCTION_VERSION"],
    process_runtime_name: "nodejs",
    process_runtime_version: process.versions.node,
  };
  return {
    name: "aws_lambda",
    get flushMode() {
      return flushMode().flushMode;
    },
    get flushReason() {
      return flushMode().flushReason;
    },
    env,
    job: name,
    // Where the log stream's name gets unique (`2026/11/23/[$LATEST]3dd65d12…`): by it the logs are found.
    instancePrefix: /\](\w{8})/.exec(env["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "")?.[1] ?? name,
    targetInfo,
    initDurationMs: performance.now(),
    // One invocation at a time, but on Managed Instances.
    store: isManagedInstance() ? asyncInvocationStore() : state.store,
    transport: httpTransport,
  };
}
