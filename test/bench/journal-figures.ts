import { rm } from "node:fs/promises";
import { bundleWorkloads } from "./bundle-workloads.js";
import { microsecondsOf } from "./compare.js";
import { type BenchFigure, limited } from "./figure.js";
import { median } from "./quantile.js";

const WITH = "many-series-with-journal";
const WITHOUT = "many-series-without-journal";

/**
 * What grows with the number of series: the CPU time of an invocation with a journal beyond that of one without,
 * of a new life that starts with what was never acknowledged, and of the compression of a push.
 */
export async function* journalFigures(quick: boolean): AsyncGenerator<readonly BenchFigure[]> {
  const folder = await bundleWorkloads();
  const rounds = quick ? 1 : 5;
  const run = { folder, url: "" };
  try {
    for (const [size, limit] of [
      [1_000, 60],
      [10_000, 60],
    ] as const) {
      const times = { size, warmUp: quick ? 50 : 500, operations: quick ? 100 : 2_000 };
      const added: number[] = [];
      for (let round = 0; round < rounds; round++) {
        // The sides take turns to go first.
        const sides = round % 2 === 0 ? [WITH, WITHOUT] : [WITHOUT, WITH];
        const us: Record<string, number> = {};
        for (const side of sides) us[side] = await microsecondsOf(side, times, 1, run);
        added.push(us[WITH]! - us[WITHOUT]!);
      }
      yield [limited(`journal_added_cpu_${size}_series`, median(added), "us", "<=", limit)];
    }
    for (const [figure, workload, size, limit] of [
      ["diff_cpu_20000_series_half_new", "diff-half-new", 20_000, 200],
      ["gzip_cpu_10000_series", "push-gzip", 10_000, 30],
    ] as const) {
      const times = { size, warmUp: quick ? 1 : 5, operations: quick ? 2 : 20 };
      const us: number[] = [];
      for (let round = 0; round < rounds; round++)
        us.push(await microsecondsOf(workload, times, 1, run));
      yield [limited(figure, median(us) / 1_000, "ms of CPU", "<=", limit)];
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
