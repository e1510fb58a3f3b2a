/**
 * Signals a process and all that it started, as AWS freezes and ends a whole environment. The
 * process must lead a group of its own (`detached`). False where nothing of the group lives.
 */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leaderPid, signal);
  } catch (error) {
    // macOS says EPERM of a group whose last process has not been waited for yet.
    if (["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
