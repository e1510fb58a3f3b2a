import { currentExtension } from "./extension.js";
import { isManagedInstance } from "../managed-instance.js";

/** When snapshots are pushed here, and why then, for `explain()`. */
export function flushMode(): readonly [mode: string, reason: string] {
  if (isManagedInstance()) return ["flush within 5 s", "Managed Instances are never frozen"];
  const extension = currentExtension();
  if (extension && extension.refusal === undefined)
    return ["flush after the response", "registered as an extension"];
  return [
    "flush before returning",
    extension?.refusal ??
      "not registered: import @prefreeze/aws-lambda/register first, or preload register.mjs",
  ];
}
