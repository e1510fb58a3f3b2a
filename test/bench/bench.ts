// `npm run bench`: CPU time against prom-client 15 and bare node:http, in one run, both sides by turns.
//   --json   one object a line
//   --quick  few operations: whether it works, not how fast
import { rm } from "node:fs/promises";
import { table } from "../size/table.js";
import { bundleWorkloads } from "./bundle-workloads.js";
import { compare } from "./compare.js";
import { COMPARISONS } from "./comparisons.js";
import type { BenchFigure } from "./figure.js";
import { startSink } from "./sink.js";

const flags = process.argv.slice(2);
const quick = flags.includes("--quick");
const json = flags.includes("--json");

const figures: BenchFigure[] = [];
const folder = await bundleWorkloads();
const sink = await startSink();
const run = { folder, url: sink.url, rounds: quick ? 1 : 5, scale: quick ? 0.2 : 1 };
try {
  for (const comparison of COMPARISONS) {
    const found = await compare(comparison, run);
    figures.push(...found);
    if (json) for (const figure of found) console.log(JSON.stringify(figure));
  }
} finally {
  sink.stop();
  await rm(folder, { recursive: true });
}
if (!json) {
  const rows = figures.map(({ figure, value, unit, limit, holds }) => [
    figure,
    `${value}`,
    unit,
    limit === undefined ? "" : `>= ${limit}`,
    holds === undefined ? "" : holds ? "holds" : "TOO SLOW",
  ]);
  console.log(table([["CPU", "value", "unit", "limit", ""], ...rows]));
}
if (figures.some(({ holds }) => holds === false)) process.exitCode = 1;
