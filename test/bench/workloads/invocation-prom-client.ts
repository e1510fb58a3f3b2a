import type { Workload } from "../workload.js";
import { invocationWorkload } from "./invocations.js";
import { promClientMetrics } from "./prom-client-metrics.js";

/** The metrics, series and recordings of `invocation-prefreeze.ts`, written by hand with prom-client. */
export function createWorkload(): Workload {
  const { registry, record, flushed } = promClientMetrics();
  let snapshots = 0;

  async function invocation(plan: string, count: number): Promise<void> {
    record(count, plan, performance.now());
    if (Buffer.byteLength(await registry.metrics()) > 1_000) snapshots++;
    flushed();
  }
  return invocationWorkload(invocation, () => snapshots);
}
