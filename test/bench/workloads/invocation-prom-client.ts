import type { Workload } from "../workload.js";
import { promClientMetrics } from "./prom-client-metrics.js";

/** The same metrics, series and recordings, written by hand with prom-client. */
export function createWorkload(): Workload {
  const { registry, record, flushed } = promClientMetrics();

  let invocations = 0;
  let snapshots = 0;
  async function invocation(plan: string): Promise<void> {
    record(invocations, plan, performance.now());
    if (Buffer.byteLength(await registry.metrics()) > 1_000) snapshots++;
    flushed();
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
