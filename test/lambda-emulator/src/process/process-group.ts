/**
 * Sends a signal to a process and its children, as AWS freezes and ends a whole environment. The
 * process must lead a process group (`detached`).
 *
 * @returns false if no process of the group is alive
 */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leaderPid, signal);
  } catch (error) {
    // macOS fails with EPERM if the last process of the group has ended but was not waited for yet.
    if (["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
