import { guarded } from "../runtime/guarded.js";
import { inTime } from "../runtime/in-time.js";
import { reasonOf } from "../runtime/reason.js";
import { shared } from "../runtime/shared.js";
import { warnOnce } from "../runtime/warn.js";
import { catalog } from "./catalog.js";

/** Brings the totals up to date with what something else counts. */
export type Collector = () => Promise<void> | undefined;

const collectors = shared("collectors", new Set<Collector>());
/** By reference, so that a bundle without `onCollect` has nothing of it. */
const collecting = shared<{ collectAll?: typeof collectAll }>("collecting", {});

/**
 * Calls `collector` before each push, to write the totals of what something else counts: a process, say. It must
 * write them by `touchTotal`, since a push may begin inside an invocation.
 */
export function onCollect(collector: Collector): void {
  collectors.add(collector);
  collecting.collectAll = collectAll;
}

/** Whether there are collectors, whose counts may change at any time. */
export function isCollecting(): boolean {
  return collectors.size > 0;
}

/** What collectors count may have changed, which is a reason to push. */
export function expectChange(): void {
  catalog.version++;
}

/**
 * Calls all collectors.
 *
 * @param timeoutMs longest wait for those that return a promise: one that takes longer writes with the next push
 * @returns undefined if there is nothing to wait for
 */
export function collect(timeoutMs: number): Promise<unknown> | undefined {
  return collecting.collectAll?.(timeoutMs);
}

function collectAll(timeoutMs: number): Promise<unknown> | undefined {
  const begun = [...collectors].flatMap((collector) => guarded(collector) ?? []);
  if (begun.length === 0) return undefined;
  const settled = begun.map(async (work) => {
    const failure = await inTime(work, timeoutMs, true);
    if (failure) warnOnce("collect", `collecting metrics failed: ${reasonOf(failure.error)}`);
  });
  return Promise.all(settled);
}
