import { rm } from "node:fs/promises";
import { bundleWorkloads } from "./bundle-workloads.js";
import { microsecondsOf } from "./compare.js";
import { type BenchFigure, limited, unlimited } from "./figure.js";
import { median } from "./quantile.js";
import { startSink } from "./sink.js";

const WITH = "many-series-with-journal";
const WITHOUT = "many-series-without-journal";
const ALL_IN = "many-series-all-in";
const BARE = "many-series-node-http";

/**
 * What grows with the number of series: the CPU time of an invocation with a journal beyond that of one without,
 * of a whole invocation with its push beside a bare PUT of the same bytes, of a new life that starts with what was
 * never acknowledged, and of the compression of a push.
 */
export async function* journalFigures(quick: boolean): AsyncGenerator<readonly BenchFigure[]> {
  const folder = await bundleWorkloads();
  const sink = await startSink();
  const rounds = quick ? 1 : 5;
  const run = { folder, url: sink.url };
  /** The CPU time of an invocation on each side in each round. The sides take turns to go first. */
  const inTurn = async (size: number, sides: readonly [string, string]) => {
    const times = { size, warmUp: quick ? 50 : 500, operations: quick ? 100 : 2_000 };
    const us: [number, number][] = [];
    for (let round = 0; round < rounds; round++) {
      const of: [number, number] = [0, 0];
      for (const side of round % 2 === 0 ? [0, 1] : [1, 0])
        of[side] = await microsecondsOf(sides[side]!, times, 1, run);
      us.push(of);
    }
    return us;
  };
  try {
    for (const size of [1_000, 10_000]) {
      const added = (await inTurn(size, [WITH, WITHOUT])).map(([own, without]) => own - without);
      yield [limited(`journal_added_cpu_${size}_series`, median(added), "us", "<=", 60)];
    }
    const all = await inTurn(1_000, [ALL_IN, BARE]);
    const figure = "many_series_one_changed_1000";
    yield [
      // The goal, which Node 20 and 24 meet.
      limited(figure, median(all.map(([own]) => own)), "us", "<=", 450),
      unlimited(`${figure}_ratio`, median(all.map(([own, bare]) => own / bare)), "x"),
      unlimited(`${figure}_node_http`, median(all.map(([, bare]) => bare)), "us"),
    ];
    for (const [figure, workload, size, limit] of [
      ["diff_cpu_20000_series_half_new", "diff-half-new", 20_000, 200],
      // 3 % over the larger one of Node 20 and 24.
      ["gzip_cpu_10000_series", "push-gzip", 10_000, 1.64],
    ] as const) {
      const times = { size, warmUp: quick ? 1 : 5, operations: quick ? 2 : 20 };
      const us: number[] = [];
      for (let round = 0; round < rounds; round++)
        us.push(await microsecondsOf(workload, times, 1, run));
      yield [limited(figure, median(us) / 1_000, "ms of CPU", "<=", limit)];
    }
  } finally {
    sink.stop();
    await rm(folder, { recursive: true });
  }
}
