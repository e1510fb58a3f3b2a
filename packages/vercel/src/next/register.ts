import type { Options } from "@prefreeze/core";
import { loadNext } from "./render.js";
import { setUp } from "./set-up.js";
import { nextInstance } from "./platform.js";
import { isEdgeRuntime } from "../runtime/platform.js";

/**
 * Sets everything up when the server starts, once, so that a wrong setting shows at once: export it from
 * `instrumentation.ts`.
 *
 * @param options those of all wrappers in the process
 * @throws TypeError if the `grouping` option could break the gateway
 */
export async function register(options: Options = {}): Promise<void> {
  setUp(options);
  if (!isEdgeRuntime() && nextInstance(options)) await loadNext();
}
