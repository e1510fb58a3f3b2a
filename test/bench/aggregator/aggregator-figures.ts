import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRealGateway } from "../../pushgateway/real.js";
import { type BenchFigure, limited, unlimited } from "../figure.js";
import { median } from "../quantile.js";
import { type AggregatorProcess, startAggregatorProcess } from "./aggregator-process.js";
import { createFleet, type Fleet, pushedSnapshots } from "./fleet.js";
import { gatewayFigures } from "./gateway-figures.js";
import { sendAll } from "./load.js";

/** Enough that pushes which wait for the disk do not keep the processor waiting. */
const CONNECTIONS = 128;
const MOST_MB = 600;
const LONGEST_START_MS = 3_000;
const LONGEST_SCRAPE_MS = 10;
const LEAST_PER_SECOND = 10_000;
const MOST_DEARER = 1.5;

/**
 * An aggregator with ever more live instances, in front of a real Pushgateway: pushes a second and CPU a push, then
 * its memory, its start, and a scrape of the gateway. Then the same pushes to a Pushgateway.
 *
 * @param log called with what is measured next
 */
export async function* aggregatorFigures(
  quick: boolean,
  log: (line: string) => void,
): AsyncGenerator<readonly BenchFigure[]> {
  const sizes = quick ? [200, 500, 1_000] : [1_000, 20_000, 100_000];
  const pushes = quick ? 2_000 : 40_000;
  const bodies = await pushedSnapshots();
  const folder = await mkdtemp(join(tmpdir(), "bench-aggregator-"));
  try {
    await using gateway = await startRealGateway();
    const directory = join(folder, "state");
    let aggregator = await startAggregatorProcess(directory, gateway.url);
    try {
      yield* pushFigures(aggregator, createFleet(bodies), sizes, pushes, log);
      const most = sizes.at(-1)!;
      const { maxRssMb } = await aggregator.used();
      yield [limited(`aggregator_rss_${most}_lives`, maxRssMb, "MB", "<=", MOST_MB)];
      const scrapesMs: number[] = [];
      for (let scrape = 0; scrape < 21; scrape++) {
        const startedMs = performance.now();
        await gateway.metrics();
        scrapesMs.push(performance.now() - startedMs);
      }
      yield [
        limited("aggregator_gateway_scrape", median(scrapesMs), "ms", "<=", LONGEST_SCRAPE_MS),
      ];
      await aggregator.stop();
      aggregator = await startAggregatorProcess(directory, gateway.url);
      const { startMs } = aggregator;
      yield [limited(`aggregator_start_${most}_lives`, startMs, "ms", "<=", LONGEST_START_MS)];
    } finally {
      await aggregator.stop();
    }
    yield* gatewayFigures(createFleet(bodies), sizes, quick ? 500 : 15_000, folder, log);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function* pushFigures(
  aggregator: AggregatorProcess,
  fleet: Fleet,
  sizes: readonly number[],
  pushes: number,
  log: (line: string) => void,
): AsyncGenerator<readonly BenchFigure[]> {
  const costs: number[] = [];
  const most = sizes.at(-1)!;
  for (const size of sizes) {
    log(`${size} instances of an aggregator`);
    const added = size - fleet.lives;
    fleet.growTo(size);
    await sendAll(aggregator.url, fleet.next, added, CONNECTIONS);
    // Compiles the code that known instances take.
    if (costs.length === 0) await sendAll(aggregator.url, fleet.next, pushes / 4, CONNECTIONS);
    const before = await aggregator.used();
    const { answered, tookMs } = await sendAll(aggregator.url, fleet.next, pushes, CONNECTIONS);
    const after = await aggregator.used();
    const perSecond = (answered / tookMs) * 1_000;
    const cost = ((after.cpuMs - before.cpuMs) * 1_000) / answered;
    costs.push(cost);
    const rate = `aggregator_pushes_${size}_lives`;
    yield [
      size === most
        ? limited(rate, perSecond, "/s", ">=", LEAST_PER_SECOND)
        : unlimited(rate, perSecond, "/s"),
      unlimited(`aggregator_cpu_per_push_${size}_lives`, cost, "us"),
    ];
  }
  yield [
    limited("aggregator_cpu_per_push_ratio", costs.at(-1)! / costs[0]!, "x", "<=", MOST_DEARER),
  ];
}
