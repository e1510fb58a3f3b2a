import type { InvocationStore } from "@prefreeze/core/adapter";

/** Tells concurrent invocations apart, at a small cost for each await. */
export function asyncInvocationStore(): InvocationStore {
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  return new AsyncLocalStorage();
}
