import { catalog, textFormat } from "../../../packages/core/test/internals.js";
import type { Workload } from "../workload.js";
import { invocationWorkload } from "./invocations.js";
import { prefreezeHandler } from "./prefreeze-handler.js";

/** Begin, five recordings, settle, merge, and the whole snapshot as bytes. Nothing is pushed. */
export function createWorkload(): Workload {
  const handler = prefreezeHandler(() => Promise.reject(new Error("nothing is pushed")));
  let snapshots = 0;

  async function invocation(plan: string, count: number): Promise<void> {
    await handler(plan, count);
    if (Buffer.byteLength(textFormat(catalog.metrics.values())) > 1_000) snapshots++;
  }
  return invocationWorkload(invocation, () => snapshots);
}
