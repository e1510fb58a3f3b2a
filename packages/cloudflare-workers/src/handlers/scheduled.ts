import type { InvocationDescriptor } from "@prefreeze/core/adapter";
import { inContext } from "./in-context.js";

/** Describes a call of a cron trigger: `(controller, env, ctx)`. */
export function describeScheduled([, , ctx]: readonly unknown[]): InvocationDescriptor {
  return { ...inContext(ctx), id: crypto.randomUUID(), trigger: "timer" };
}
