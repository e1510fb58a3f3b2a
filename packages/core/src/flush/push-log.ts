import type { Failure } from "../runtime/in-time.js";
import { reasonOf } from "../runtime/reason.js";
import { warn } from "../runtime/warn.js";

/**
 * Says the first failure in a row, and that they are over: not every push between.
 *
 * @param url without userinfo
 * @param failures in a row, this one included
 */
export function logPushes(): (url: string, failures: number, failure?: Failure) => void {
  let failing = false;
  return (url, failures, failure) => {
    if (failure && failures === 1)
      warn(`pushing to ${url} failed: ${reasonOf(failure.error)}; the next brings it`);
    if (!failure && failing) warn(`pushing to ${url} works again`);
    failing = failures > 0;
  };
}
