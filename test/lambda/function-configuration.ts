import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import type { NodeBinary } from "./node-binary.js";

/** The function as AWS would have it stored: the same for all of its environments. */
export interface FunctionConfiguration {
  readonly functionName: string;
  readonly taskRoot: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memorySizeMb: number;
  readonly env: Readonly<Record<string, string>>;
  readonly node: NodeBinary;
}

export const region = "eu-central-1";

/** The ARN of a function in the emulated account. */
export function functionArnOf(functionName: string): string {
  return `arn:aws:lambda:${region}:123456789012:function:${functionName}`;
}

/** A log stream's name as AWS shapes it: date, version, and what is unique to the environment. */
export function newLogStreamName(): string {
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  return `${date}/[$LATEST]${randomBytes(16).toString("hex")}`;
}

/** The variables that the process of one environment sees, and no other. */
export function environmentVariables(
  configuration: FunctionConfiguration,
  logStreamName: string,
  runtimeApiAddress: string,
): Record<string, string> {
  return {
    LANG: "en_US.UTF-8",
    PATH: `${dirname(configuration.node.path)}:/usr/local/bin:/usr/bin:/bin`,
    TZ: ":UTC",
    AWS_ACCESS_KEY_ID: "emulated",
    AWS_SECRET_ACCESS_KEY: "emulated",
    AWS_SESSION_TOKEN: "emulated",
    // The function's own variables may not replace those below: AWS reserves them.
    ...configuration.env,
    _HANDLER: configuration.handler,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${configuration.node.majorVersion}.x`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySizeMb),
    AWS_LAMBDA_FUNCTION_NAME: configuration.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${configuration.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_RUNTIME_API: runtimeApiAddress,
    AWS_REGION: region,
    LAMBDA_TASK_ROOT: configuration.taskRoot,
  };
}
