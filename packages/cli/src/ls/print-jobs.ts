import { ago } from "../groups/print-time.js";
import { printable } from "../output/printable.js";
import { printTable } from "../output/print.js";
import { report } from "../output/report.js";
import type { JobSummary } from "./ls.js";

/** Prints the jobs of a Pushgateway as a table, and their sum. */
export function printJobs(url: string, jobs: readonly JobSummary[], namesGateway: boolean): void {
  if (namesGateway) report(url);
  if (jobs.length === 0) {
    report(`the Pushgateway at ${url} holds no group`);
    return;
  }
  printTable(
    ["JOB", "WHOSE", "GROUPS", "LIVE", "SERIES", "NEWEST", "OLDEST", "REFUSED"],
    jobs.map((job) => [
      printable(job.job),
      job.whose,
      job.groups,
      job.instances ?? "",
      job.series,
      ago(job.newestPushSeconds),
      ago(job.oldestPushSeconds),
      job.refused || "",
    ]),
  );
  const sum = (count: (job: JobSummary) => number): number =>
    jobs.reduce((total, job) => total + count(job), 0);
  report(
    `${new Set(jobs.map(({ job }) => job)).size} jobs, ${sum((job) => job.groups)} groups, ${sum((job) => job.series)} series`,
  );
}
