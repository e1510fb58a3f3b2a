import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileJournal } from "@prefreeze/node";
import type { Workload } from "../workload.js";
import { manySeries } from "./many-series.js";

export async function createWorkload(series: number): Promise<Workload> {
  const directory = mkdtempSync(join(tmpdir(), "prefreeze-bench-"));
  const workload = await manySeries(series, fileJournal({ directory, environment: "bench" }));
  return {
    ...workload,
    finish() {
      workload.finish?.();
      rmSync(directory, { recursive: true });
    },
  };
}
