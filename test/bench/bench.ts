// `npm run bench`, each figure beside a peer, or beside the same by hand, that took turns with prefreeze in the same run:
//   cpu         CPU time of invocations, snapshots and pushes, beside prom-client 15 and bare node:http
//   journal     what grows with the number of series: the journal, a whole invocation with its push, compression
//   lambda      functions on an emulated AWS Lambda: latency; import and first invocation in a cold start, beside
//               prom-client, bundled and not; CPU time of a pushed invocation, in the first 200 of an environment too
//   server      servers, beside express-prom-bundle
//   workers     Workers in workerd: CPU time beside a bare PUT, Sentry and otel-cf-workers; latency with broken gateways
//   object      the aggregator object in workerd
//   aggregator  an aggregator, beside a Pushgateway
//   ladder      the steps of infra/CAPACITY.md
//   faults      the cost of broken gateways
// One or several of these groups; default: all. A limit is a goal, or guards against growth if the goal is not met.
//   --ric-3      AWS's runtime client of nodejs20.x and nodejs22.x; default: that of nodejs24.x
//   --json       one object per line
//   --quick      few rounds: shows whether the benchmark works, not how fast prefreeze is
import { rm } from "node:fs/promises";
import { table } from "../size/table.js";
import { aggregatorFigures } from "./aggregator/aggregator-figures.js";
import { bundleWorkloads } from "./bundle-workloads.js";
import { compare } from "./compare.js";
import { COMPARISONS } from "./comparisons.js";
import { faultFigures } from "./faults/fault-figures.js";
import type { BenchFigure } from "./figure.js";
import { journalFigures } from "./journal-figures.js";
import { ladderFigures } from "./ladder/ladder-figures.js";
import { lambdaFigures } from "./lambda/lambda-figures.js";
import { serverFigures } from "./server/server-figures.js";
import { startSink } from "./sink.js";
import { objectFigures } from "./workers/object-figures.js";
import { workerFigures } from "./workers/worker-figures.js";

const args = process.argv.slice(2);
const quick = args.includes("--quick");
const json = args.includes("--json");
const runtimeClient = args.includes("--ric-3") ? "ric-3" : "ric-4";

async function* cpuFigures(): AsyncGenerator<readonly BenchFigure[]> {
  const folder = await bundleWorkloads();
  const sink = await startSink();
  const run = { folder, url: sink.url, rounds: quick ? 1 : 5 };
  try {
    for (const comparison of COMPARISONS) yield await compare(comparison, run);
  } finally {
    sink.stop();
    await rm(folder, { recursive: true });
  }
}

const groups = {
  cpu: () => cpuFigures(),
  journal: () => journalFigures(quick),
  lambda: () => lambdaFigures(runtimeClient, quick, (line) => console.error(line)),
  server: () => serverFigures(quick),
  workers: () => workerFigures(quick),
  object: () => objectFigures(quick),
  aggregator: () => aggregatorFigures(quick, (line) => console.error(line)),
  ladder: () => ladderFigures(quick, (line) => console.error(line)),
  faults: () => faultFigures(runtimeClient, quick, (line) => console.error(line)),
};
const chosen = Object.keys(groups).filter((name) => args.includes(name));

const figures: BenchFigure[] = [];
for (const [name, measure] of Object.entries(groups)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  for await (const found of measure()) {
    figures.push(...found);
    if (json) for (const figure of found) console.log(JSON.stringify(figure));
  }
}
if (!json) {
  const rows = figures.map(({ figure, value, unit, limit, bound, holds, calls, failed }) => [
    figure,
    `${value}`,
    unit,
    limit === undefined ? "" : `${bound} ${limit}`,
    holds === undefined ? "" : holds ? "holds" : "TOO SLOW",
    calls === undefined ? "" : `${calls}`,
    failed ? `${failed}` : "",
  ]);
  console.log(table([["figure", "value", "unit", "limit", "", "calls", "failed"], ...rows]));
}
if (figures.some(({ holds }) => holds === false)) process.exitCode = 1;
