import { shared } from "@prefreeze/core/adapter";

/** Whether the newest request had `waitUntil`; before the first one, whether the server keeps contexts. */
const newest = shared<{ waits?: boolean }>("newestRequest", {});

/** Notes for `explain()` whether a request can be answered before its push. */
export function noteWaitUntil(hasWaitUntil: boolean): void {
  newest.waits = hasWaitUntil;
}

/** When snapshots are pushed here, and why, for `explain()`. */
export function flushMode(): readonly [mode: string, reason?: string] {
  if (newest.waits ?? Symbol.for("@vercel/request-context") in globalThis)
    return ["flush in waitUntil"];
  return ["flush before the response", "the server offers no waitUntil"];
}
