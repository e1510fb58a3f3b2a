import type { AnyHandler } from "@prefreeze/core/adapter";
import { basename, dirname, resolve } from "node:path";
import { findExport } from "./find-export.js";
import { loadModule } from "./load-module.js";
import { runtimeError } from "./runtime-error.js";

/**
 * Loads a function's handler as the runtime client of this process does: `src/app.api.handler` is the
 * export `api.handler` of the module `src/app` in the task root.
 *
 * Errors have the names and messages of the runtime client's own. It also wraps the error of a failed import
 * as it would without the layer.
 *
 * Source: the loaders in aws-lambda-ric 3.3.0 and 4.0.2.
 */
export async function loadHandler(name: string): Promise<AnyHandler> {
  if (name.includes("..")) {
    throw runtimeError(
      "MalformedHandlerName",
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const [moduleName = "", ...path] = basename(name).split(".");
  if (path.length === 0) throw runtimeError("MalformedHandlerName", "Bad handler");

  const taskRoot = process.env["LAMBDA_TASK_ROOT"] ?? process.cwd();
  const loaded = await loadModule(taskRoot, resolve(taskRoot, dirname(name)), moduleName);
  const handler = findExport(loaded, path);
  if (!handler) throw runtimeError("HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") {
    throw runtimeError("HandlerNotFound", `${name} is not a function`);
  }
  return handler as AnyHandler;
}
