import { instanceOn, type Instance, type Platform, state } from "@prefreeze/core/adapter";
import { asyncInvocationStore, httpTransport } from "@prefreeze/node";
import { environmentJournal } from "./environment-journal.js";
import { isRegistered } from "./extension/extension.js";
import { flushMode } from "./extension/flush-mode.js";
import { lambdaSettings, type LambdaOptions } from "./lambda-options.js";
import { isManagedInstance } from "./managed-instance.js";
import { defineMeasures } from "./measures/measures.js";
import { isRuntimeProcess } from "./runtime-process.js";
import { countAtExit, endAtShutdown } from "./shutdown/shutdown.js";

/** With what holds for Lambda alone. */
export interface LambdaPlatform extends Platform {
  /** See `LambdaOptions`. */
  readonly timeoutMarginMs: number | undefined;
}

let platform: LambdaPlatform | undefined;

/** The instance of this execution environment; undefined outside of Lambda, and in child processes. */
export function lambdaInstance(options: LambdaOptions): Instance | undefined {
  if (!platform) {
    if (!isRuntimeProcess()) return undefined;
    platform = describePlatform(process.env, options);
    endAtShutdown();
    countAtExit();
  }
  return instanceOn(platform, options);
}

function describePlatform(env: NodeJS.ProcessEnv, options: LambdaOptions): LambdaPlatform {
  const name = env["AWS_LAMBDA_FUNCTION_NAME"] ?? "aws-lambda";
  const initializationType = env["AWS_LAMBDA_INITIALIZATION_TYPE"];
  const { threadId, isMainThread } = process.getBuiltinModule("node:worker_threads");
  const managed = isManagedInstance();
  // Where another copy of this package has set the instance up already, its options are those of all.
  const own: LambdaOptions = state.instance?.options ?? options;
  const { serviceVersion, timeoutMarginMs, journal = true } = lambdaSettings(own, env);
  // Before the instance is: a grouping label must not be one of a metric's.
  defineMeasures(own.measures ?? [], isMainThread && !managed);
  // Where the log stream's name gets unique (`2026/11/23/[$LATEST]3dd65d12…`): by it the logs are found.
  const prefix = /\](\w{8})/.exec(env["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "")?.[1] ?? name;
  const targetInfo = {
    cloud_platform: "aws_lambda",
    cloud_region: env["AWS_REGION"],
    faas_name: name,
    faas_version: env["AWS_LAMBDA_FUNCTION_VERSION"],
    // In bytes, as OpenTelemetry has it.
    faas_max_memory: String(Number(env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) * 2 ** 20 || ""),
    aws_lambda_initialization_type: initializationType,
    host_arch: process.arch === "x64" ? "amd64" : process.arch,
    process_runtime_name: "nodejs",
    process_runtime_version: process.versions.node,
    service_version: serviceVersion,
  };
  return {
    name: "aws_lambda",
    get flushMode() {
      return flushMode();
    },
    freezes: !managed,
    // Where nobody tells of the end, a flush that was put off would be lost.
    flushesAtEnd: managed || isRegistered(),
    env,
    job: name,
    instancePrefix: managed ? `${prefix}-${threadId}` : prefix,
    targetInfo,
    timeoutMarginMs,
    // In a worker thread, from the start of that.
    initDurationMs: performance.now(),
    // Environments of provisioned concurrency and Managed Instances are started before anybody calls.
    coldStart: !/^(prov|lambda)/.test(initializationType ?? ""),
    // One invocation at a time, but on Managed Instances.
    ...(journal && { openJournal: environmentJournal(env) }),
    store: managed ? asyncInvocationStore() : state.store,
    transport: httpTransport,
  };
}
