import type { Failure } from "./flusher.js";
import { warn } from "./warn.js";

/**
 * Says the first failure, and that it is over: not every push between. Returns how many failed in a row.
 *
 * @param url without userinfo
 */
export function createPushLog(url: string): (failure: Failure | undefined) => number {
  let failures = 0;
  return (failure) => {
    if (failure === undefined) {
      if (failures > 0) warn(`pushing to ${url} works again; nothing that was recorded is lost`);
      failures = 0;
    } else if (++failures === 1) {
      warn(`pushing to ${url} failed: ${reasonOf(failure.error)}; what was recorded goes with the next push`);
    }
    return failures;
  };
}

/** `fetch` hides what happened in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = Object(error) as { readonly message?: unknown; readonly cause?: unknown };
  const deeper = (Object(cause) as { readonly message?: unknown }).message;
  return `${String(message)}${deeper ? `: ${String(deeper)}` : ""}`;
}
