import type { Options } from "@prefreeze/core";
import { readSettings } from "@prefreeze/core/adapter";
import type { DefineMeasure } from "./measures/measures.js";

/** What can be set where a Lambda handler is wrapped. Each option stands before its environment variable. */
export interface LambdaOptions extends Options {
  /** What `target_info` says is the version of the service. `PREFREEZE_SERVICE_VERSION`. */
  readonly serviceVersion?: string | undefined;
  /** What else is measured: `httpMetrics`, `resourceMetrics`. Default: nothing, which then is in no bundle. */
  readonly measures?: readonly DefineMeasure[] | undefined;
}

/** The version of the service, where it is set. */
export function serviceVersionOf(
  options: LambdaOptions,
  env: Readonly<Record<string, string | undefined>>,
) {
  return readSettings(options, env, "PREFREEZE_", { serviceVersion: String }).serviceVersion;
}
