import type { Platform } from "@prefreeze/core/adapter";
import { asyncInvocationStore } from "../process/invocation-store.js";
import { httpTransport } from "../transport/http-transport.js";
import { programPackage } from "./program-package.js";
import { webFunctionMode } from "./push-mode.js";

/**
 * Whether this process is a Web Function of AWS Lambda: a server at the address in this variable, which gets several
 * requests at once, and may be frozen or gone between them.
 */
export function isWebFunction(env: NodeJS.ProcessEnv): boolean {
  return env["AWS_LAMBDA_HTTP_ENDPOINT"] !== undefined;
}

/** The platform of a Web Function. Its requests are invocations of a function. */
export function describeWebFunction(env: NodeJS.ProcessEnv): Platform {
  const name =
    env["AWS_LAMBDA_FUNCTION_NAME"] ||
    env["OTEL_SERVICE_NAME"] ||
    programPackage(env).name ||
    "aws-lambda";
  // The unique part of the log stream's name, by which the logs are found.
  const prefix = /\](\w{8})/.exec(env["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "")?.[1] ?? name;
  return {
    name: "aws_lambda",
    get flushMode() {
      return webFunctionMode();
    },
    freezes: true,
    // AWS asks not to rely on it, but a deferred push is brought by the timer as well.
    flushesAtEnd: true,
    env,
    job: name,
    instancePrefix: prefix,
    targetInfo: {
      cloud_platform: "aws_lambda",
      cloud_region: env["AWS_REGION"],
      faas_name: name,
      faas_version: env["AWS_LAMBDA_FUNCTION_VERSION"],
      // In bytes, as in OpenTelemetry.
      faas_max_memory: String(Number(env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) * 2 ** 20 || ""),
      host_arch: process.arch === "x64" ? "amd64" : process.arch,
      process_runtime_name: "nodejs",
      process_runtime_version: process.versions.node,
    },
    initDurationMs: performance.now(),
    store: asyncInvocationStore(),
    transport: httpTransport,
  };
}
