import type { InvocationDescriptor } from "@prefreeze/core/adapter";
import { describeRequest } from "../handlers/describe-request.js";
import { flushSoon, isLongLived } from "./long-lived.js";

/** Describes one call that Next.js makes: of a route handler, a proxy, an action, a page, or a Pages API route. */
export function describeCall(args: readonly unknown[]): InvocationDescriptor {
  const described = describeRequest(args);
  return {
    ...described,
    keepAlive(flush) {
      // Next.js answers for what a handler throws, so the process goes on.
      if (!isLongLived()) return described.keepAlive(flush, false);
      flushSoon();
      return undefined;
    },
  };
}
