/**
 * When a process started, in clock ticks since the machine started. It tells a process from a later one with
 * the same id.
 *
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 *
 * @param pid the id of the process
 * @returns 0 on systems that do not tell; undefined if there is no such process
 */
export function processStart(pid: number): number | undefined {
  const fs = process.getBuiltinModule("node:fs");
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is a name in brackets that can contain anything. A zombie no longer runs.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return /[ZX]/.test(fields[0]!) ? undefined : Number(fields[19]);
  } catch {
    if (process.platform === "linux") return undefined;
  }
  try {
    process.kill(pid, 0);
    return 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? 0 : undefined;
  }
}
