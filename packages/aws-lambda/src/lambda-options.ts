import type { Options } from "@prefreeze/core";
import { parseBoolean, readSettings } from "@prefreeze/core/adapter";

/** What can be set where a Lambda handler is wrapped. Each option stands before its environment variable. */
export interface LambdaOptions extends Options {
  /** What `target_info` says is the version of the service. `PREFREEZE_SERVICE_VERSION`. */
  readonly serviceVersion?: string | undefined;
  /**
   * `true` measures each invocation's memory (of the process, at its end: `faas_mem_usage_bytes`) and CPU
   * time (`faas_cpu_usage_seconds`; not on Managed Instances and in worker threads, where invocations share
   * a process). Default `false`. `PREFREEZE_RESOURCE_METRICS`.
   */
  readonly resourceMetrics?: boolean | undefined;
  /**
   * `true` measures HTTP requests by method, status and route template: `http_server_request_duration_seconds`,
   * 17 series for each combination. Default `false`. `PREFREEZE_HTTP_METRICS`.
   */
  readonly httpMetrics?: boolean | undefined;
}

/** What holds for an instance on Lambda, besides the settings of all platforms. */
export type LambdaSettings = ReturnType<typeof lambdaSettings>;

export function lambdaSettings(options: LambdaOptions, env: NodeJS.ProcessEnv) {
  return readSettings(options, env, "PREFREEZE_", {
    serviceVersion: String,
    resourceMetrics: parseBoolean,
    httpMetrics: parseBoolean,
  });
}
