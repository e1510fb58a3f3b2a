import type { Failure } from "./flusher.js";
import { reasonOf } from "./reason.js";
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
      warn(
        `pushing to ${url} failed: ${reasonOf(failure.error)}; what was recorded goes with the next push`,
      );
    }
    return failures;
  };
}
