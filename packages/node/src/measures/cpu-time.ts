import { ownCounter } from "./own-counter.js";

/**
 * Counts the CPU time of the process since it started. In a worker thread, that of the thread, if this Node.js
 * tells it.
 */
export function measureCpuTime(isMainThread: boolean): () => void {
  const read = isMainThread ? () => process.cpuUsage() : threadCpuUsage();
  if (!read) return () => undefined;
  const total = (name: string, of: string) =>
    ownCounter(name, `Total ${of} time spent in seconds.`);
  const user = total("process_cpu_user_seconds_total", "user CPU");
  const system = total("process_cpu_system_seconds_total", "system CPU");
  const both = total("process_cpu_seconds_total", "user and system CPU");
  // Only the growth is added: a restored life has the time of the processes before.
  const userGrowth = growth();
  const systemGrowth = growth();
  return () => {
    const used = read();
    const [inUser, inSystem] = [userGrowth(used.user), systemGrowth(used.system)];
    user(inUser / 1e6);
    system(inSystem / 1e6);
    both((inUser + inSystem) / 1e6);
  };
}

/** @returns takes a total, and returns what it has grown by since the last call */
function growth(): (total: number) => number {
  let last = 0;
  return (total) => {
    // A process that was restored from a snapshot of its memory may count from zero again.
    const grown = total < last ? total : total - last;
    last = total;
    return grown;
  };
}

/** Since Node.js 23.9. */
function threadCpuUsage(): (() => NodeJS.CpuUsage) | undefined {
  return (process as { readonly threadCpuUsage?: () => NodeJS.CpuUsage }).threadCpuUsage;
}
