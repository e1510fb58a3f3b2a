import type { ChildProcess } from "node:child_process";
import { signalGroup } from "./process-group.js";

const living = new Set<ChildProcess>();

function killAll(): void {
  // SIGKILL also ends a process that SIGSTOP has stopped.
  for (const { pid } of living) if (pid !== undefined) signalGroup(pid, "SIGKILL");
}

function killAllAndEnd(signal: NodeJS.Signals): void {
  killAll();
  // Without another listener the signal would have ended this process: let it.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

/**
 * Sees to it that the group of `child` does not outlive this process, however this one ends (save
 * SIGKILL).
 */
export function endWithThisProcess(child: ChildProcess): void {
  if (living.size === 0) {
    process.once("exit", killAll);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, killAllAndEnd);
    }
  }
  living.add(child);
  child.once("exit", () => {
    living.delete(child);
    if (living.size > 0) return;
    process.off("exit", killAll);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.off(signal, killAllAndEnd);
    }
  });
}
