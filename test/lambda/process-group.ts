/**
 * Signals a process and all that it started, as AWS freezes and ends a whole environment. The
 * process must lead a group of its own (`detached`). False where nothing of the group lives.
 */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leaderPid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
