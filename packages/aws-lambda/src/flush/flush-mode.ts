import { currentExtension, isRegistered } from "../extension/extension.js";
import { isManagedInstance } from "../environment/managed-instance.js";

/** When snapshots are pushed in this environment, and why, for `explain()`. */
export function flushMode(): readonly [mode: string, reason: string] {
  if (isManagedInstance()) return ["flush every few seconds", "Managed Instances are never frozen"];
  if (isRegistered()) return ["flush after the response", "registered as an extension"];
  return [
    "flush before returning",
    currentExtension()?.refusal ??
      "not registered: import @prefreeze/aws-lambda/register first, or preload register.mjs",
  ];
}
