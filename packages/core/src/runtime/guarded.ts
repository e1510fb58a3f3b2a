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

/**
 * Sets up the telemetry so that it can never stop the function from starting: an error ends in one warning,
 * and the handler runs bare. Only the documented errors come through, which name a wrong option.
 *
 * @returns the result of `work`; undefined if it threw
 * @throws TypeError if `work` threw one of ours
 */
export function guardedStart<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof TypeError && reasonOf(error).startsWith("prefreeze: ")) throw error;
    // Each call tries again, and is guarded in turn: one warning is enough for all of them.
    return guarded(() => {
      throw error;
    });
  }
}
