// The handler that Lambda starts where the layer is used: the function's own, instrumented.
import { instrument } from "@prefreeze/aws-lambda";
import { type AnyHandler, warnOnce } from "@prefreeze/core/adapter";
import { loadHandler } from "./load-handler.js";
import { originalHandlerName } from "./original-handler-name.js";

export const handler = instrumented(await loadHandler(originalHandlerName(process.env)));

function instrumented(original: AnyHandler): AnyHandler {
  try {
    // With its own length, a callback handler is refused where it would be without the layer.
    return Object.defineProperty(instrument(original), "length", { value: original.length });
  } catch (error) {
    warnOnce("layer", `the function runs, without metrics: ${String(error)}`);
    return original;
  }
}
