import { dirname } from "node:path";
import type { NodeBinary } from "../runtime-client/node-binary.js";
import type { Sandbox } from "./sandbox.js";

/** Why AWS started an environment: the value of `AWS_LAMBDA_INITIALIZATION_TYPE`. */
export type InitializationType = "on-demand" | "provisioned-concurrency";

/** Managed Instances: their environments run many invocations at once and are never frozen. */
export interface ManagedInstances {
  /** How many invocations one environment runs at once. */
  readonly maxConcurrency: number;
  /** Threads in which the runtime client runs them. Default: 8, the number it starts per vCPU. */
  readonly workerThreads?: number;
}

/** The function's configuration, the same for all of its environments. */
export interface FunctionConfiguration {
  readonly functionName: string;
  readonly taskRoot: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly timeoutGraceMs: number;
  readonly memorySizeMb: number;
  readonly env: Readonly<Record<string, string>>;
  readonly node: NodeBinary;
  /** Arguments for Node that start AWS's runtime client. */
  readonly runtimeArguments: readonly string[];
  readonly initializationType: InitializationType;
  readonly managedInstances: ManagedInstances | undefined;
  /** A folder whose files each new environment finds in its folder for temporary files. */
  readonly foundFiles: string | undefined;
  /** Is given what the processes write, as they write it. */
  readonly onOutput: (text: string) => void;
}

export const region = "eu-central-1";

/** The ARN of a function in the emulated account. */
export function functionArnOf(functionName: string): string {
  return `arn:aws:lambda:${region}:123456789012:function:${functionName}`;
}

/** All environment variables of the process of one environment. */
export function environmentVariables(
  configuration: FunctionConfiguration,
  sandbox: Sandbox,
  runtimeApiAddress: string,
): Record<string, string> {
  const { managedInstances } = configuration;
  return {
    LANG: "en_US.UTF-8",
    PATH: `${dirname(configuration.node.path)}:/usr/local/bin:/usr/bin:/bin`,
    TZ: ":UTC",
    // On AWS each environment has its own /tmp. Here it has a folder of its own, named by TMPDIR.
    TMPDIR: sandbox.tmpFolder,
    AWS_ACCESS_KEY_ID: "emulated",
    AWS_SECRET_ACCESS_KEY: "emulated",
    AWS_SESSION_TOKEN: "emulated",
    ...(managedInstances === undefined
      ? {}
      : { AWS_LAMBDA_NODEJS_WORKER_COUNT: String(managedInstances.workerThreads ?? 8) }),
    // The variables below are reserved by AWS: those of the function cannot replace them.
    ...configuration.env,
    _HANDLER: configuration.handler,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${configuration.node.majorVersion}.x`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySizeMb),
    AWS_LAMBDA_FUNCTION_NAME: configuration.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE:
      managedInstances === undefined
        ? configuration.initializationType
        : "lambda-managed-instances",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${configuration.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: sandbox.logStreamName,
    ...(managedInstances === undefined
      ? {}
      : { AWS_LAMBDA_MAX_CONCURRENCY: String(managedInstances.maxConcurrency) }),
    AWS_LAMBDA_RUNTIME_API: runtimeApiAddress,
    AWS_REGION: region,
    LAMBDA_TASK_ROOT: configuration.taskRoot,
  };
}
