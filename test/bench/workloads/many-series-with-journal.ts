import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileJournal } from "@prefreeze/node";
import type { Workload } from "../workload.js";
import { manySeries, type Pushed } from "./many-series.js";

export const createWorkload = (series: number) => manySeriesWithJournal(series);

export async function manySeriesWithJournal(series: number, pushed?: Pushed): Promise<Workload> {
  const directory = mkdtempSync(join(tmpdir(), "prefreeze-bench-"));
  const openJournal = fileJournal({ directory, environment: "bench" });
  const workload = await manySeries(series, { openJournal, pushed });
  return {
    ...workload,
    finish() {
      workload.finish?.();
      rmSync(directory, { recursive: true });
    },
  };
}
