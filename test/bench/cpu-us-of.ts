import { readdirSync, readFileSync } from "node:fs";

/** The CPU time that all threads of a process have used, in microseconds. */
export function cpuUsOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ");
    return sum + Number(nanoseconds) / 1_000;
  }, 0);
}
