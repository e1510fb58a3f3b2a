import { currentExtension } from "./extension.js";
import { isManagedInstance } from "./managed-instance.js";

/** When snapshots are pushed here, and why then, for `explain()`. */
export function flushMode(): { readonly flushMode: string; readonly flushReason: string } {
  if (isManagedInstance())
    return {
      flushMode: "flush every 5 s",
      flushReason: "Managed Instances are never frozen",
    };
  const extension = currentExtension();
  if (extension && extension.refusal === undefined)
    return {
      flushMode: "flush after the response",
      flushReason: "registered as an extension of the environment",
    };
  return {
    flushMode: "flush before returning",
    flushReason:
      extension?.refusal ??
      "not registered: import @prefreeze/aws-lambda/register first, or preload register.mjs",
  };
}
