import { reasonOf } from "./reason.js";
import { warnOnce } from "./warn.js";

/** Runs work of our own: telemetry never changes a result, so what it throws ends in one warning. */
export function guarded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    warnOnce("internal", `recording failed: ${reasonOf(error)}`);
    return undefined;
  }
}
