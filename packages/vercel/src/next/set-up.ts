import type { Options } from "@prefreeze/core";
import { beInert, guardedStart, type Instance } from "@prefreeze/core/adapter";
import { isEdgeRuntime } from "../runtime/platform.js";
import { nextInstance } from "./platform.js";
import { loadNext } from "./render.js";

/**
 * Sets the instance up while the module loads, so that a wrong setting shows before the first request. The edge
 * runtime forbids requests, timers and random values until then, so there the first request sets it up.
 *
 * @returns the instance that counts a call
 * @throws TypeError if the `grouping` option could break the gateway
 */
export function setUp(options: Options): () => Instance | undefined {
  if (isEdgeRuntime()) beInert("no wrapped handler was called yet");
  else if (guardedStart(() => nextInstance(options))) void loadNext();
  return () => nextInstance(options);
}
