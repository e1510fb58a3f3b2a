import type { Failure } from "../runtime/in-time.js";
import { reasonOf } from "../runtime/reason.js";
import { warn } from "../runtime/warn.js";
import { isRefusal } from "../target/push-error.js";

/**
 * Logs the first of several failures in a row, and the success that ends them.
 *
 * @returns logs a push to `url` (without userinfo); `failures` in a row include this one
 */
export function logPushes(): (url: string, failures: number, failure?: Failure) => void {
  let failing = false;
  return (url, failures, failure) => {
    if (failure && failures === 1) {
      const failed = `push to ${url} failed: ${reasonOf(failure.error)}`;
      // What was refused will be refused again, and its message says what to do.
      warn(isRefusal(failure.error) ? failed : `${failed}; its data will be in the next push`);
    }
    if (!failure && failing) warn(`push to ${url} succeeded again`);
    failing = failures > 0;
  };
}
