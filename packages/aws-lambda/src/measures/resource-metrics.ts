import { DURATION_BUCKETS } from "@prefreeze/core/adapter";
import type { BeginMeasure } from "./measures.js";
import { ownHistogram } from "./own-histogram.js";

/** Bytes: the powers of two from 64 MiB on, and the 10 GiB that a function has at most. */
const MEMORY_BUCKETS = Array.from({ length: 9 }, (_, i) => Math.min(2 ** (26 + i), 10 * 2 ** 30));

/**
 * Measures each invocation's memory, that of the process at its end (`faas_mem_usage_bytes`), and CPU time
 * (`faas_cpu_usage_seconds`). To be listed in the option `measures`.
 *
 * @param alone no other invocation runs in this process; on Managed Instances and in worker threads some do,
 *   and nobody can tell whose CPU time it was: it is not measured there
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
