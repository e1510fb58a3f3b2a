import { currentKey, type InvocationDescriptor } from "@prefreeze/core/adapter";
import type { WorkerContext } from "../runtime/worker-context.js";

/** The part of a descriptor that is the same for all handlers with a context. */
export function inContext(ctx: unknown): Pick<InvocationDescriptor, "key" | "keepAlive"> {
  return {
    key: ctx ?? currentKey(),
    keepAlive(flush) {
      const flushed = flush();
      const { waitUntil } = Object(ctx) as Partial<WorkerContext>;
      // Only a handler that is called outside the Workers runtime gets no context.
      if (!waitUntil) return flushed;
      waitUntil.call(ctx, flushed);
      return undefined;
    },
  };
}
