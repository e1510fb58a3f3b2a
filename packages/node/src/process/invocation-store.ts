import { AsyncLocalStorage } from "node:async_hooks";
import type { InvocationStore } from "@prefreeze/core/adapter";

/** Tells concurrent invocations apart, at a small cost for each await. */
export function asyncInvocationStore(): InvocationStore {
  return new AsyncLocalStorage();
}
