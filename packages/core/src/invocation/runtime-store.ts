import type { InvocationStore } from "./single-slot.js";

interface AsyncHooks {
  readonly AsyncLocalStorage: new () => InvocationStore;
}

/** A store that the runtime offers without an import. @returns undefined if it offers none */
export function runtimeStore(): InvocationStore | undefined {
  const { process, AsyncLocalStorage } = globalThis as Partial<AsyncHooks> & {
    readonly process?: { getBuiltinModule?(name: "node:async_hooks"): AsyncHooks | undefined };
  };
  // The edge runtime has it among its globals, Node.js and Workers have it in a module.
  const Store =
    AsyncLocalStorage ?? process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
  return Store && new Store();
}
