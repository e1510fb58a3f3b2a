import type { InvocationDescriptor } from "@prefreeze/core/adapter";
import { beginMeasures } from "../measures/measures.js";
import { describeCall } from "./call.js";

const describeConsumer = describeCall("pubsub");

/** Describes a batch of a queue: `(batch, env, ctx)`. */
export function describeQueue(args: readonly unknown[]): InvocationDescriptor {
  return { ...describeConsumer(args), collect: beginMeasures(args[0]) };
}
