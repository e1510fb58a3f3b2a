import { currentKey, type InvocationDescriptor } from "@prefreeze/core/adapter";
import type { WorkerContext } from "../runtime/worker-context.js";

/** The part of a descriptor that is the same for all handlers with a context. */
export function inContext(ctx: unknown): Pick<InvocationDescriptor, "key" | "keepAlive"> {
  return {
    key: ctx ?? currentKey(),
    keepAlive(flush) {
      (ctx as WorkerContext).waitUntil(flush());
      return undefined;
    },
  };
}
