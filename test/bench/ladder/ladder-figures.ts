import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPrometheus, startVictoriaMetrics } from "../../end-to-end/prometheus.js";
import { type RealGateway, startRealGateway } from "../../pushgateway/real.js";
import { createFleet, type Fleet, pushedSnapshots } from "../aggregator/fleet.js";
import { sendAll } from "../aggregator/load.js";
import { startAggregatorProcess } from "../aggregator/aggregator-process.js";
import { type BenchFigure, unlimited } from "../figure.js";
import { median } from "../quantile.js";

const SERIES_PER_LIFE = 45;
/** To a gateway: more would only wait for its lock. */
const GATEWAY_CONNECTIONS = 4;
/** To an aggregator: enough that pushes which wait for the disk do not keep the processor waiting. */
const AGGREGATOR_CONNECTIONS = 128;
const LONGEST_WAIT_MS = 60_000;

interface Sizes {
  readonly groups: readonly number[];
  readonly lives: number;
  readonly scrapedGroups: number;
  readonly durationMs: number;
}
const FULL: Sizes = {
  groups: [200, 1_000, 5_000],
  lives: 20_000,
  scrapedGroups: 1_000,
  durationMs: 6_000,
};
const QUICK: Sizes = { groups: [20, 50], lives: 200, scrapedGroups: 50, durationMs: 500 };

/**
 * How far each step of infra/CAPACITY.md goes on this machine: a gateway alone, one aggregator, two aggregators, then
 * Prometheus and VictoriaMetrics that scrape the groups of single instances.
 *
 * @param log called with what is measured next
 */
export async function* ladderFigures(
  quick: boolean,
  log: (line: string) => void,
): AsyncGenerator<readonly BenchFigure[]> {
  const sizes = quick ? QUICK : FULL;
  const bodies = await pushedSnapshots();
  for (const groups of sizes.groups) {
    log(`a gateway with ${groups} groups`);
    yield await gatewayFigures(bodies, groups, sizes.durationMs);
  }
  for (const aggregators of [1, 2]) {
    log(`${aggregators} aggregators`);
    yield await aggregatorsFigures(bodies, aggregators, sizes);
  }
  log("Prometheus and VictoriaMetrics");
  yield await storeFigures(bodies, sizes);
}

/** A gateway with a persistence file, as in the shipped unit, and its consistency check. */
async function gatewayFigures(
  bodies: readonly string[],
  groups: number,
  durationMs: number,
): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), "bench-ladder-"));
  try {
    const fleet = createFleet(bodies);
    await using gateway = await filledGateway(fleet, groups, join(folder, "groups"));
    const perSecond = await pushesPerSecond(gateway.url, fleet, GATEWAY_CONNECTIONS, durationMs);
    const name = (what: string) => `ladder_gateway_${what}_${groups}_groups`;
    return [
      unlimited(name("pushes"), perSecond, "/s"),
      unlimited(name("pushes_times_groups"), perSecond * groups, "/s"),
      unlimited(name("scrape"), await scrapeMs(gateway), "ms"),
      unlimited(name("rss"), await residentMb(gateway.url), "MB"),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @returns a gateway with its check on, which has read the groups from a file: pushing them one by one takes long */
async function filledGateway(
  fleet: Fleet,
  groups: number,
  persistenceFile: string,
): Promise<RealGateway> {
  fleet.growTo(groups);
  {
    await using unchecked = await startRealGateway({
      persistenceFile,
      flags: ["--push.disable-consistency-check"],
    });
    await sendAll(unchecked.url, fleet.next, groups, GATEWAY_CONNECTIONS);
  }
  return await startRealGateway({ persistenceFile });
}

/** Each aggregator has a state and a share of the instances of its own, and one gateway is behind them. */
async function aggregatorsFigures(
  bodies: readonly string[],
  count: number,
  { lives, durationMs }: Sizes,
): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), "bench-ladder-"));
  try {
    await using gateway = await startRealGateway();
    const running = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const name = `${index}`;
        const process = await startAggregatorProcess(join(folder, name), gateway.url, name);
        const fleet = createFleet(bodies);
        fleet.growTo(lives / count);
        await sendAll(process.url, fleet.next, lives / count, AGGREGATOR_CONNECTIONS / count);
        return { process, fleet };
      }),
    );
    try {
      const rates = await Promise.all(
        running.map(({ process, fleet }) =>
          pushesPerSecond(process.url, fleet, AGGREGATOR_CONNECTIONS / count, durationMs),
        ),
      );
      const used = await Promise.all(running.map(({ process }) => process.used()));
      const name = (what: string) => `ladder_${count}_aggregators_${what}_${lives}_lives`;
      return [
        unlimited(name("pushes"), sum(rates), "/s"),
        unlimited(name("rss"), sum(used.map(({ maxRssMb }) => maxRssMb)), "MB"),
        unlimited(name("gateway_scrape"), await scrapeMs(gateway), "ms"),
        unlimited(name("gateway_rss"), await residentMb(gateway.url), "MB"),
      ];
    } finally {
      await Promise.all(running.map(({ process }) => process.stop()));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Two programs, one after another, that scrape the same gateway every two seconds while instances push to it. */
async function storeFigures(
  bodies: readonly string[],
  { scrapedGroups, durationMs }: Sizes,
): Promise<BenchFigure[]> {
  const figures: BenchFigure[] = [];
  const folder = await mkdtemp(join(tmpdir(), "bench-ladder-"));
  try {
    const fleet = createFleet(bodies);
    await using gateway = await filledGateway(fleet, scrapedGroups, join(folder, "groups"));
    const series = scrapedGroups * SERIES_PER_LIFE;
    for (const [name, start] of [
      ["prometheus", startPrometheus],
      ["victoria_metrics", startVictoriaMetrics],
    ] as const) {
      const store = await start(gateway.url, { edit: scrapedLessOften });
      try {
        const startedMs = performance.now();
        let scrape: number | undefined;
        while (scrape === undefined || performance.now() < startedMs + durationMs * 4) {
          if (performance.now() > startedMs + LONGEST_WAIT_MS)
            throw new Error(`${name} has not scraped the gateway`);
          await sendAll(gateway.url, fleet.next, GATEWAY_CONNECTIONS, GATEWAY_CONNECTIONS);
          [{ value: scrape } = { value: undefined }] = await store.query(
            "avg_over_time(scrape_duration_seconds{job='pushgateway'}[1m]) and on (instance) up == 1",
          );
        }
        figures.push(
          unlimited(`ladder_${name}_scrape_${series}_series`, scrape * 1_000, "ms"),
          unlimited(`ladder_${name}_rss_${series}_series`, await residentMb(store.url), "MB"),
        );
      } finally {
        await store.stop();
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return figures;
}

/** Scrapes of so many groups may take a second. */
function scrapedLessOften(configuration: string): string {
  return configuration.replaceAll(/(scrape_interval|scrape_timeout): 1s/g, "$1: 2s");
}

/** @returns the resident memory that a program tells of itself, in megabytes of 1,048,576 bytes */
async function residentMb(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)![1]) / 1_048_576;
}

async function pushesPerSecond(
  url: string,
  fleet: Fleet,
  connections: number,
  durationMs: number,
): Promise<number> {
  const untilMs = performance.now() + durationMs;
  const sent = await sendAll(url, fleet.next, Infinity, connections, untilMs);
  return (sent.answered / sent.tookMs) * 1_000;
}

async function scrapeMs(gateway: RealGateway): Promise<number> {
  const tookMs: number[] = [];
  for (let scrape = 0; scrape < 7; scrape += 1) {
    const startedMs = performance.now();
    await gateway.metrics();
    tookMs.push(performance.now() - startedMs);
  }
  return median(tookMs);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
