import type { InvocationDescriptor } from "@prefreeze/core/adapter";
import { beginMeasures } from "../measures/measures.js";
import { describeCall } from "./call.js";

const describeConsumer = describeCall("pubsub");

/**
 * By default, the queue waits for `waitUntil` before it takes a batch as done. With this flag it does not.
 *
 * Source: https://developers.cloudflare.com/workers/configuration/compatibility-flags/#queue-consumers-dont-wait-for-ctxwaituntil-to-resolve
 */
const DOES_NOT_WAIT = "queue_consumer_no_wait_for_wait_until";

/** Describes a batch of a queue: `(batch, env, ctx)`. */
export function describeQueue(args: readonly unknown[]): InvocationDescriptor {
  const measure = beginMeasures(args[0]);
  return {
    ...describeConsumer(args),
    collect: (invocation) => measure(invocation),
    flushesAtOnce: () => !hasFlag(DOES_NOT_WAIT),
  };
}

function hasFlag(flag: string): boolean {
  const { Cloudflare } = globalThis as {
    readonly Cloudflare?: { readonly compatibilityFlags?: Readonly<Record<string, boolean>> };
  };
  return Cloudflare?.compatibilityFlags?.[flag] === true;
}
