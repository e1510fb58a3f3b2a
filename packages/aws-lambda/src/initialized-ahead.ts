import type { Instance } from "@prefreeze/core/adapter";

/** As Datadog's extension decides it: no caller waits that long for what is initialized already. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Whether AWS initialized an on-demand environment before there was a caller, whom it then costs nothing.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (initialization ahead)
 */
export function isInitializedAhead({ platform: { initDurationMs } }: Instance): boolean {
  return initDurationMs !== undefined && performance.now() - initDurationMs > LONGEST_WAIT_MS;
}
