import { currentExtension, isRegistered } from "../extension/extension.js";
import { isManagedInstance } from "../environment/managed-instance.js";

/** When snapshots are pushed in this environment, and why, for `explain()`. */
export function flushMode(): readonly [mode: string, reason: string] {
  if (isManagedInstance()) return ["flush every few seconds", "Managed Instances are never frozen"];
  const extension = currentExtension();
  if (isRegistered()) {
    const notRead = extension?.notRead;
    return [
      "flush after the response",
      notRead === undefined
        ? "registered as an extension"
        : `registered as an extension; waits by node:http, since Lambda has sent an answer with ${notRead}`,
    ];
  }
  return [
    "flush before returning",
    extension?.refusal ??
      "not registered: import @prefreeze/aws-lambda/register first, or preload register.mjs",
  ];
}
