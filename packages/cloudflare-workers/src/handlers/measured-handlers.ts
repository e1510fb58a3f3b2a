import type { InvocationDescriptor } from "@prefreeze/core/adapter";
import { describeCall } from "./call.js";
import { describeFetch } from "./fetch.js";
import { describeQueue } from "./queue.js";

/** Describes a call of each handler that is measured: `(event, env, ctx)`. */
export const measuredHandlers = {
  fetch: describeFetch,
  scheduled: describeCall("timer"),
  queue: describeQueue,
  email: describeCall("pubsub"),
  tail: describeCall("other"),
  trace: describeCall("other"),
  connect: describeCall("other"),
} as const satisfies Readonly<Record<string, (args: readonly unknown[]) => InvocationDescriptor>>;
