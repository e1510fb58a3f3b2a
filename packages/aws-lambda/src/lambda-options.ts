import type { Options } from "@prefreeze/core";
import { parseBoolean, readSettings, upTo } from "@prefreeze/core/adapter";
import type { DefineMeasure } from "./measures/measure.js";

/** Options of `instrument()` on AWS Lambda. Each one overrides its environment variable. */
export interface LambdaOptions extends Options {
  /** The `service_version` label of `target_info`. Default: none. `PREFREEZE_SERVICE_VERSION`. */
  readonly serviceVersion?: string | undefined;
  /**
   * How long before its deadline an invocation is taken for timed out, in milliseconds, from 1 to 30,000
   * and at most half of the function's timeout. Default: a tenth of the timeout, at most 250.
   * `PREFREEZE_TIMEOUT_MARGIN_MS`.
   */
  readonly timeoutMarginMs?: number | undefined;
  /**
   * Keeps totals in the environment's temporary directory, so that a crash, a kill or a timeout loses
   * nothing. Default `true`. `PREFREEZE_JOURNAL`.
   */
  readonly journal?: boolean | undefined;
  /** What else to measure: `httpMetrics`, `resourceMetrics`. Default: nothing; an unused measure is in no bundle. */
  readonly measures?: readonly DefineMeasure[] | undefined;
}

/** Reads the options of Lambda alone, from options or variables. */
export function lambdaSettings(
  options: LambdaOptions,
  env: Readonly<Record<string, string | undefined>>,
) {
  return readSettings(options, env, "PREFREEZE_", {
    serviceVersion: String,
    timeoutMarginMs: upTo(30_000),
    journal: parseBoolean,
  });
}
