import type { Failure } from "./flusher.js";
import type { Instance } from "./instance.js";
import { reasonOf } from "./reason.js";
import { warn } from "./warn.js";

/** Counts failures in a row, and says the first, and that they are over: not every push between. */
export function logPush(instance: Instance, failure: Failure | undefined): void {
  // Without userinfo.
  const { url } = instance.settings;
  if (failure) {
    if (instance.failures++ === 0)
      warn(`pushing to ${url} failed: ${reasonOf(failure.error)}; the next brings it`);
  } else {
    if (instance.failures > 0) warn(`pushing to ${url} works again`);
    instance.failures = 0;
  }
}
