import { DURATION_BUCKETS } from "@prefreeze/core/adapter";
import type { BeginMeasure } from "./measure.js";
import { ownHistogram } from "./own-histogram.js";

/** In bytes: powers of two from 64 MiB, up to the 10 GiB that a function can have. */
const MEMORY_BUCKETS = Array.from({ length: 9 }, (_, i) => Math.min(2 ** (26 + i), 10 * 2 ** 30));

/**
 * Measures the memory of the process at the end of each invocation (`faas_mem_usage_bytes`, in bytes) and
 * the CPU time of each invocation (`faas_cpu_usage_seconds`, in seconds). List it in the `measures` option.
 *
 * @param alone no other invocation runs in this process. On Managed Instances and in worker threads others
 *   do, so nobody can tell whose CPU time it was, and it is not measured
 * @throws TypeError if the function has a metric of one of these names with another shape
 */
export function resourceMetrics(alone: boolean): BeginMeasure {
  const labelNames = ["faas_trigger"];
  const memory = ownHistogram(
    "faas_mem_usage_bytes",
    "Memory after invocations.",
    labelNames,
    MEMORY_BUCKETS,
  );
  const cpu = ownHistogram(
    "faas_cpu_usage_seconds",
    "CPU time of invocations.",
    labelNames,
    DURATION_BUCKETS,
  );
  return (_event, { trigger }) => {
    const labels = { faas_trigger: trigger };
    const before = process.cpuUsage();
    return (invocation) => {
      memory(invocation, labels, process.memoryUsage.rss());
      const { user, system } = process.cpuUsage(before);
      if (alone) cpu(invocation, labels, (user + system) / 1_000_000);
    };
  };
}
