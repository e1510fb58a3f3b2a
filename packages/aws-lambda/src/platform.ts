import {
  beInert,
  currentInstance,
  type Instance,
  instanceOn,
  isActiveElsewhere,
  type Platform,
} from "@prefreeze/core/adapter";
import {
  announceToThreads,
  asyncInvocationStore,
  httpTransport,
  isSupportedNode,
  randomBytes,
} from "@prefreeze/node";
import { environmentJournal } from "./environment/environment-journal.js";
import { isRegistered } from "./extension/extension.js";
import { flushMode } from "./flush/flush-mode.js";
import { lambdaSettings, type LambdaOptions } from "./lambda-options.js";
import { isManagedInstance } from "./environment/managed-instance.js";
import { defineMeasures } from "./measures/measures.js";
import { isChildProcess, whyNotLambda } from "./environment/runtime-process.js";
import { countAtExit, endAtShutdown } from "./shutdown/shutdown.js";

/** A platform with the settings of Lambda alone. */
export interface LambdaPlatform extends Platform {
  /** See `LambdaOptions`. */
  readonly timeoutMarginMs: number | undefined;
}

let platform: LambdaPlatform | undefined;

/** The instance of this execution environment. @returns undefined in processes and threads that the function starts, and outside Lambda unless `PREFREEZE_ACTIVE` is set */
export function lambdaInstance(options: LambdaOptions): Instance | undefined {
  const first = !platform;
  if (!platform) {
    const reason = whyNotLambda();
    if (reason && !isActiveElsewhere(reason, options, process.env)) return undefined;
    if (isChildProcess()) return beInert("a child process of the function pushes nothing");
    if (!isSupportedNode()) return beInert("this version of Node.js is not supported");
    const { isMainThread } = process.getBuiltinModule("node:worker_threads");
    // Only Managed Instances run handlers in threads.
    if (!reason && !isMainThread && !isManagedInstance())
      return beInert("a thread that the function starts pushes nothing");
    platform = describePlatform(process.env, options);
    endAtShutdown();
    countAtExit();
  }
  const instance = instanceOn(platform, options);
  if (first && instance) announceToThreads();
  return instance;
}

function describePlatform(env: NodeJS.ProcessEnv, options: LambdaOptions): LambdaPlatform {
  const name = env["AWS_LAMBDA_FUNCTION_NAME"] ?? "aws-lambda";
  const initializationType = env["AWS_LAMBDA_INITIALIZATION_TYPE"];
  const { threadId, isMainThread } = process.getBuiltinModule("node:worker_threads");
  const managed = isManagedInstance();
  // If another copy of this package has set up the instance, its options hold.
  // What other code has put on `Object.prototype` is no option.
  const own: LambdaOptions =
    currentInstance()?.options ?? Object.assign(Object.create(null) as LambdaOptions, options);
  const { serviceVersion, timeoutMarginMs, journal = true } = lambdaSettings(own, env);
  // Before the instance is set up, which checks that no grouping label is a metric's label.
  defineMeasures(own.measures ?? [], isMainThread && !managed);
  // The unique part of the log stream's name (`2026/11/23/[$LATEST]3dd65d12…`), by which the logs are found.
  const prefix = /\](\w{8})/.exec(env["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "")?.[1] ?? name;
  const targetInfo = {
    cloud_platform: "aws_lambda",
    cloud_region: env["AWS_REGION"],
    faas_name: name,
    faas_version: env["AWS_LAMBDA_FUNCTION_VERSION"],
    // In bytes, as in OpenTelemetry.
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
    // If shutdown is not announced, a deferred flush would be lost.
    flushesAtEnd: managed || isRegistered(),
    env,
    job: name,
    instancePrefix: managed ? `${prefix}-${threadId}` : prefix,
    targetInfo,
    timeoutMarginMs,
    // In a worker thread, since the start of the thread.
    initDurationMs: performance.now(),
    // AWS starts environments with provisioned concurrency and Managed Instances before the first call.
    coldStart: !/^(prov|lambda)/.test(initializationType ?? ""),
    ...(journal && { openJournal: environmentJournal(env) }),
    // Only Managed Instances run invocations concurrently.
    ...(managed && { store: asyncInvocationStore() }),
    randomBytes,
    transport: httpTransport,
  };
}
