import { runtimeError } from "./runtime-error.js";

/**
 * The name of the function's own handler. Puts it into `_HANDLER`, so that the function finds its environment
 * as it would be without the layer.
 *
 * @throws Error if `PREFREEZE_HANDLER` is missing, or names the layer's handler
 */
export function originalHandlerName(env: NodeJS.ProcessEnv): string {
  const name = env["PREFREEZE_HANDLER"];
  if (!name || name === env["_HANDLER"]) {
    throw runtimeError(
      "MalformedHandlerName",
      "prefreeze: set PREFREEZE_HANDLER to the function's own handler (index.handler, say), or use the layer by AWS_LAMBDA_EXEC_WRAPPER=/opt/prefreeze/wrapper",
    );
  }
  env["_HANDLER"] = name;
  return name;
}
