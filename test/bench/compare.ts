import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Comparison } from "./comparisons.js";
import { type BenchFigure, limited, unlimited } from "./figure.js";
import { median } from "./quantile.js";

/** How comparisons run. */
export interface BenchRun {
  /** The folder of the bundled workloads. */
  readonly folder: string;
  /** A server that accepts any request. */
  readonly url: string;
  readonly rounds: number;
}

/** Runs both sides of a comparison in turns, each time in a new process. */
export async function compare(
  comparison: Comparison,
  run: BenchRun,
): Promise<readonly BenchFigure[]> {
  const { name, ours, peer, peerName, size, unit, limit, oursTimes } = comparison;
  const own: number[] = [];
  const others: number[] = [];
  for (let round = 0; round < run.rounds; round++) {
    // The sides take turns to go first.
    for (const side of round % 2 === 0 ? [own, others] : [others, own]) {
      const ourTurn = side === own;
      const times = ourTurn ? oursTimes : 1;
      side.push(await microsecondsOf(ourTurn ? ours : peer, comparison, times, run));
    }
  }
  const inUnit = (us: number) => (unit === "us" ? us : (us * 1_000) / size);
  // Neighbouring runs find the machine equally busy, so the ratio is that of the workloads.
  const ratio = median(others.map((us, round) => us / own[round]!));
  return [
    limit === undefined
      ? unlimited(`${name}_ratio`, ratio, "x")
      : limited(`${name}_ratio`, ratio, "x", ">=", limit),
    unlimited(`${name}_prefreeze`, inUnit(median(own)), unit),
    unlimited(`${name}_${peerName}`, inUnit(median(others)), unit),
  ];
}

/** The CPU time of one operation of a workload, which runs in a process of its own. */
export async function microsecondsOf(
  workload: string,
  { size, warmUp, operations }: Pick<Comparison, "size" | "warmUp" | "operations">,
  times: number,
  { folder, url }: Pick<BenchRun, "folder" | "url">,
): Promise<number> {
  const counts = [warmUp, operations].map((count) => `${count * times}`);
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(folder, "child.mjs"),
    pathToFileURL(join(folder, "workloads", `${workload}.mjs`)).href,
    `${size}`,
    ...counts,
    url,
  ]);
  return Number(stdout);
}
