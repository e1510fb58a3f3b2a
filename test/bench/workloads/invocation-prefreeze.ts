import { catalog, textFormat } from "../../../packages/core/test/internals.js";
import type { Workload } from "../workload.js";
import { prefreezeHandler } from "./prefreeze-handler.js";

/** Begin, five recordings, settle, merge, and the whole snapshot as bytes. Nothing is pushed. */
export function createWorkload(): Workload {
  const handler = prefreezeHandler(() => Promise.reject(new Error("nothing is pushed")));

  let invocations = 0;
  let snapshots = 0;
  async function invocation(plan: string): Promise<void> {
    await handler(plan, invocations);
    if (Buffer.byteLength(textFormat(catalog.metrics.values())) > 1_000) snapshots++;
  }

  return {
    run(measured) {
      const plan = invocations++ % 2 === 0 ? "free" : "pro";
      return measured(() => invocation(plan));
    },
    finish() {
      if (snapshots !== invocations)
        throw new Error(`${invocations} invocations, ${snapshots} snapshots`);
    },
  };
}
