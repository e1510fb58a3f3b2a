// The handler that Lambda starts if the layer is used: the function's own handler, instrumented.
import { instrument } from "@prefreeze/aws-lambda";
import { type AnyHandler, warnOnce } from "@prefreeze/core/adapter";
import { layerOptions } from "./layer-options.js";
import { loadHandler } from "./load-handler.js";
import { originalHandlerName } from "./original-handler-name.js";

export const handler = await instrumented(await loadHandler(originalHandlerName(process.env)));

async function instrumented(original: AnyHandler): Promise<AnyHandler> {
  try {
    return instrument(original, await layerOptions(process.env));
  } catch (error) {
    warnOnce("layer", `the function runs without metrics: ${String(error)}`);
    return original;
  }
}
