import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { BenchFigure } from "./figure.js";

const script = fileURLToPath(new URL("bench.ts", import.meta.url));

interface ShortRun {
  readonly figures: readonly BenchFigure[];
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs a group of the benchmark briefly. @returns what it printed */
export async function shortRun(group: string): Promise<ShortRun> {
  const args = ["--import", "tsx", script, group, "--json", "--quick"];
  const { stdout, stderr, code } = await promisify(execFile)(process.execPath, args).then(
    (output) => ({ ...output, code: 0 }),
    // It exits with 1 if a limit does not hold. Its output is complete all the same.
    (error: { readonly stdout: string; readonly stderr: string; readonly code: number }) => error,
  );
  const lines = stdout.trim().split("\n");
  const figures = lines.map((line) => JSON.parse(line) as BenchFigure);
  return { figures, stderr, exitCode: code };
}

export function expectLimitsToBeChecked(figures: readonly BenchFigure[]): void {
  for (const { value, limit, bound, holds } of figures) {
    if (limit !== undefined) expect(holds).toBe(bound === ">=" ? value >= limit : value <= limit);
  }
}
