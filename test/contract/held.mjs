/** @returns what this process holds: compare it before and after an adapter was imported and called */
export function held() {
  return {
    // Loading a module closes its file a moment later.
    handles: process.getActiveResourcesInfo().filter((name) => name !== "CloseReq"),
    listeners: process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`),
    http: process.moduleLoadList.includes("NativeModule http"),
    globals: Object.keys(globalThis),
  };
}
