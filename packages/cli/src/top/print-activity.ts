import { printable } from "../output/printable.js";
import { printTable } from "../output/print.js";
import { report } from "../output/report.js";
import type { Activity } from "./activity.js";

/** What is above and below the table on a terminal. */
const OTHER_LINES = 4;
const MOST_JOBS = 20;
/** Moves the cursor of a terminal to its first line, and clears what follows. */
const CLEAR = "\u001B[H\u001B[J";

/** Prints the busiest jobs: in place of what was printed before, on a terminal; below it, otherwise. */
export function printActivity(url: string, { atMs, seconds, jobs }: Activity): void {
  const { isTTY, rows } = process.stdout;
  if (isTTY) process.stdout.write(CLEAR);
  const most = isTTY ? Math.max(1, rows - OTHER_LINES) : MOST_JOBS;
  report(`${new Date(atMs).toISOString()} ${url}, over ${seconds.toFixed(1)} s`);
  printTable(
    ["JOB", "GROUPS", "INVOCATIONS/S", "FAILED/S", "PUSHES/S"],
    jobs
      .slice(0, most)
      .map((job) => [
        printable(job.job),
        job.groups,
        job.invocationsPerSecond.toFixed(1),
        job.failuresPerSecond.toFixed(1),
        job.pushesPerSecond.toFixed(1),
      ]),
  );
  if (jobs.length > most) report(`… and ${jobs.length - most} less busy ones`);
}
