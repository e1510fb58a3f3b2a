const endings = new Set<() => void>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function endAll(): void {
  // The newest ends first: processes before the folders that they write to.
  for (const end of [...endings].reverse()) end();
}

function endAllAndThis(signal: NodeJS.Signals): void {
  endAll();
  // Without another listener the signal would have ended this process, so end it.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

/**
 * Calls `end` when this process ends: by itself, by an error, or by a signal (except SIGKILL).
 *
 * @returns a function that cancels this
 */
export function endWithThisProcess(end: () => void): () => void {
  if (endings.size === 0) {
    process.once("exit", endAll);
    for (const signal of signals) process.once(signal, endAllAndThis);
  }
  endings.add(end);
  return () => {
    if (!endings.delete(end) || endings.size > 0) return;
    process.off("exit", endAll);
    for (const signal of signals) process.off(signal, endAllAndThis);
  };
}
