import { reasonOf } from "./reason.js";
import { warnOnce } from "./warn.js";

/**
 * Runs telemetry code so that it can never change the function's result: an error ends in one warning.
 *
 * @returns the result of `work`; undefined if it threw
 */
export function guarded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    warnOnce("internal", `recording failed: ${reasonOf(error)}`);
    return undefined;
  }
}
