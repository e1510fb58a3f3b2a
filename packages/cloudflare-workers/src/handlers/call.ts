import type { InvocationDescriptor, Trigger } from "@prefreeze/core/adapter";
import { inContext } from "./in-context.js";

/** Describes calls `(event, env, ctx)` of a handler that differs by its trigger alone. */
export function describeCall(trigger: Trigger): (args: readonly unknown[]) => InvocationDescriptor {
  return ([, , ctx]) => ({ ...inContext(ctx), id: crypto.randomUUID(), trigger });
}
