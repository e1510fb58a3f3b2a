// The handler that Lambda starts if the layer is used: the function's own handler, instrumented.
import { instrument } from "@prefreeze/aws-lambda";
import { type AnyHandler, warnOnce } from "@prefreeze/core/adapter";
import { layerOptions } from "./layer-options.js";
import { loadHandler } from "./load-handler.js";
import { originalHandlerName } from "./original-handler-name.js";

export const handler = instrumented(await loadHandler(originalHandlerName(process.env)));

function instrumented(original: AnyHandler): AnyHandler {
  try {
    return instrument(original, layerOptions(process.env));
  } catch (error) {
    warnOnce("layer", `the function runs without metrics: ${String(error)}`);
    return original;
  }
}
