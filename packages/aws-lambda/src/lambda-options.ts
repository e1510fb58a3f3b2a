import type { Options } from "@prefreeze/core";
import { parseBoolean, readSettings, upTo } from "@prefreeze/core/adapter";
import type { DefineMeasure } from "./measures/measures.js";

/** What can be set where a Lambda handler is wrapped. Each option stands before its environment variable. */
export interface LambdaOptions extends Options {
  /** What `target_info` says is the version of the service. `PREFREEZE_SERVICE_VERSION`. */
  readonly serviceVersion?: string | undefined;
  /**
   * How long before its deadline an invocation is taken for timed out, in milliseconds, up to 30,000, and
   * to half of the function's time. Default a tenth of that, at most 250. `PREFREEZE_TIMEOUT_MARGIN_MS`.
   */
  readonly timeoutMarginMs?: number | undefined;
  /**
   * Keeps totals in the environment's folder for temporary files, so that a crash, a kill or a timeout loses
   * nothing. Default `true`. `PREFREEZE_JOURNAL`.
   */
  readonly journal?: boolean | undefined;
  /** What else is measured: `httpMetrics`, `resourceMetrics`. Default: nothing, which then is in no bundle. */
  readonly measures?: readonly DefineMeasure[] | undefined;
}

/** What of these is set, by option or variable. */
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
