import { shared } from "../runtime/shared.js";
import { warnOnce } from "../runtime/warn.js";
import type { Options } from "./options.js";
import { type Env, parseBoolean, readSettings } from "./read-settings.js";

const inertness = shared("inertness", { reason: "nothing is wrapped by instrument() yet" });

/** Why there is no instance in this process or isolate. */
export function whyInert(): string {
  return inertness.reason;
}

/** Notes for `explain()` why there is no instance. */
export function beInert(reason: string): undefined {
  inertness.reason = reason;
}

/** The variable has no option beside it. */
interface ActiveOption extends Options {
  readonly active?: boolean;
}

/** Whether an option or the environment switches everything off. */
export function isDisabled(options: Options, env: Env): boolean {
  const { disabled = false } = readSettings(options, env, "PREFREEZE_", { disabled: parseBoolean });
  if (disabled)
    beInert(`disabled by ${options.disabled ? "the disabled option" : "PREFREEZE_DISABLED"}`);
  return disabled;
}

/**
 * Whether an adapter works although this is not its platform: if `PREFREEZE_ACTIVE` says so. If it does not,
 * and a gateway is set, one warning says that nothing is pushed.
 *
 * @param reason why this is not its platform
 */
export function isActiveElsewhere(reason: string, options: Options, env: Env): boolean {
  if (isDisabled(options, env)) return false;
  const active: ActiveOption = {};
  if (readSettings(active, env, "PREFREEZE_", { active: parseBoolean }).active) return true;
  beInert(reason);
  if (env["PUSHGATEWAY_URL"])
    warnOnce(
      "inert",
      `nothing is pushed to PUSHGATEWAY_URL: ${reason}; set PREFREEZE_ACTIVE=1 to push all the same`,
    );
  return false;
}
