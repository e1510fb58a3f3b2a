import { ago } from "../groups/print-time.js";
import { printable } from "../output/printable.js";
import { printTable } from "../output/print.js";
import { report } from "../output/report.js";
import type { PruneReport } from "./prune.js";

const MOST_JOBS = 20;
const PROGRESS_EVERY_MS = 250;

/** Prints what was deleted, by job, and what stays although it is ours. */
export function printPruned({
  pushgateway,
  dryRun,
  groups,
  ours,
  deleted,
  kept,
}: PruneReport): void {
  const jobs = new Map<string, { groups: number; oldest: number }>();
  for (const { labels, silentSeconds } of deleted) {
    const { job = "" } = labels;
    const known = jobs.get(job) ?? { groups: 0, oldest: 0 };
    jobs.set(job, {
      groups: known.groups + 1,
      oldest: Math.max(known.oldest, silentSeconds),
    });
  }
  const most = [...jobs].sort(([, a], [, b]) => b.groups - a.groups);
  if (most.length > 0)
    printTable(
      ["JOB", dryRun ? "WOULD DELETE" : "DELETED", "SILENT FOR"],
      most
        .slice(0, MOST_JOBS)
        .map(([job, { groups, oldest }]) => [printable(job), groups, ago(oldest)]),
    );
  if (most.length > MOST_JOBS) report(`… and ${most.length - MOST_JOBS} more jobs`);
  const done = dryRun ? "would be deleted" : "are deleted";
  report(
    `${deleted.length} of ${groups} groups at ${pushgateway} ${done}; ${ours} are of functions${dryRun && deleted.length > 0 ? "; --delete deletes them" : ""}`,
  );
  const reasons = [
    [kept.recent, "had news within that time"],
    [kept.renewed, "had news meanwhile"],
    [kept.overLimit, "are over the limit"],
    [
      kept.unscraped,
      "were not scraped twice since, or are not scraped now: see whether Prometheus scrapes this gateway",
    ],
    [kept.future, "were pushed in the future: set the clock of the gateway right"],
    [kept.left, "are still shown, though the gateway has accepted to delete them"],
  ] as const;
  for (const [count, reason] of reasons) if (count > 0) report(`${count} stay: they ${reason}`);
}

/** Tells people at a terminal how far it is. */
export function progress(): (deleted: number, of: number) => void {
  let toldAt = 0;
  return (deleted, of) => {
    if (!process.stderr.isTTY) return;
    if (deleted < of && performance.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = performance.now();
    process.stderr.write(`\r\u001B[K${deleted < of ? `deleted ${deleted} of ${of}` : ""}`);
  };
}
