import { currentKey, type InvocationDescriptor } from "@prefreeze/core/adapter";
import { isContext, isOfObject } from "../runtime/worker-context.js";

/** The part of a descriptor that is the same for all handlers with a context. */
export function inContext(ctx: unknown): Pick<InvocationDescriptor, "key" | "keepAlive"> {
  return {
    // A Durable Object has one context for all its calls.
    key: isOfObject(ctx) ? {} : (ctx ?? currentKey()),
    keepAlive(flush) {
      const flushed = flush();
      // A test may leave the context out.
      if (!isContext(ctx)) return flushed;
      // Called as its method: otel-cf-workers binds whatever else is read from it.
      ctx.waitUntil(flushed);
      return undefined;
    },
  };
}
