import type { Instance } from "@prefreeze/core/adapter";

/** Datadog's extension uses the same limit: no caller waits that long for an initialized environment. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Whether AWS initialized an on-demand environment ahead of its first caller, who then waited for nothing.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (initialization ahead)
 */
export function isInitializedAhead({ platform: { initDurationMs } }: Instance): boolean {
  return initDurationMs !== undefined && performance.now() - initDurationMs > LONGEST_WAIT_MS;
}
