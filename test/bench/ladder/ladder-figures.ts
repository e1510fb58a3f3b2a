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
const SCRAPES = 10;
const LEAST_SCRAPES = 3;

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
    const before = await usedBy(gateway.url);
    const { perSecond, pushes } = await pushFor(
      durationMs,
      gateway.url,
      fleet,
      GATEWAY_CONNECTIONS,
    );
    const after = await usedBy(gateway.url);
    const name = (what: string) => `ladder_gateway_${what}_${groups}_groups`;
    return [
      unlimited(name("pushes"), perSecond, "/s"),
      unlimited(name("cpu_per_push"), (after.cpuMs - before.cpuMs) / pushes, "ms of CPU"),
      ...(await scrapeFigures(gateway, name)),
      unlimited(name("rss"), after.residentMb, "MB"),
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
      const cpuMs = async () =>
        sum((await Promise.all(running.map(({ process }) => process.used()))).map((u) => u.cpuMs));
      const beforeMs = await cpuMs();
      const pushed = await Promise.all(
        running.map(({ process, fleet }) =>
          pushFor(durationMs, process.url, fleet, AGGREGATOR_CONNECTIONS / count),
        ),
      );
      const tookMs = (await cpuMs()) - beforeMs;
      const used = await Promise.all(running.map(({ process }) => process.used()));
      const name = (what: string) => `ladder_${count}_aggregators_${what}_${lives}_lives`;
      return [
        unlimited(name("pushes"), sum(pushed.map(({ perSecond }) => perSecond)), "/s"),
        unlimited(
          name("cpu_per_push"),
          (tookMs * 1_000) / sum(pushed.map(({ pushes }) => pushes)),
          "us",
        ),
        unlimited(name("rss"), sum(used.map(({ maxRssMb }) => maxRssMb)), "MB"),
        ...(await scrapeFigures(gateway, (what) => name(`gateway_${what}`))),
        unlimited(name("gateway_rss"), (await usedBy(gateway.url)).residentMb, "MB"),
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
        let scrapes = 0;
        while (scrapes < LEAST_SCRAPES) {
          if (performance.now() > startedMs + LONGEST_WAIT_MS)
            throw new Error(`${name} has not scraped the gateway`);
          await sendAll(gateway.url, fleet.next, GATEWAY_CONNECTIONS, GATEWAY_CONNECTIONS);
          // A query costs processor time, too.
          if (performance.now() < startedMs + durationMs * 4) continue;
          const [found] = await store.query("sum(sum_over_time(up[5m]))");
          scrapes = found?.value ?? 0;
        }
        const { cpuMs, residentMb } = await usedBy(store.url);
        const figure = (what: string) => `ladder_${name}_${what}_${series}_series`;
        figures.push(
          unlimited(figure("cpu_per_scrape"), cpuMs / scrapes, "ms of CPU"),
          unlimited(figure("rss"), residentMb, "MB"),
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

/** @returns what a program tells of itself; a megabyte has 1,048,576 bytes */
async function usedBy(
  url: string,
): Promise<{ readonly cpuMs: number; readonly residentMb: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const valueOf = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)![1]);
  return {
    cpuMs: valueOf("process_cpu_seconds_total") * 1_000,
    residentMb: valueOf("process_resident_memory_bytes") / 1_048_576,
  };
}

async function pushFor(
  durationMs: number,
  url: string,
  fleet: Fleet,
  connections: number,
): Promise<{ readonly perSecond: number; readonly pushes: number }> {
  const untilMs = performance.now() + durationMs;
  const { answered, tookMs } = await sendAll(url, fleet.next, Infinity, connections, untilMs);
  return { perSecond: (answered / tookMs) * 1_000, pushes: answered };
}

/** How long a scrape takes, and how much processor time of the gateway, which counts it in steps of 10 ms. */
async function scrapeFigures(
  gateway: RealGateway,
  name: (what: string) => string,
): Promise<BenchFigure[]> {
  const before = await usedBy(gateway.url);
  const tookMs: number[] = [];
  for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
    const startedMs = performance.now();
    await gateway.metrics();
    tookMs.push(performance.now() - startedMs);
  }
  const after = await usedBy(gateway.url);
  // The two looks at what it has used are a scrape more.
  const cpuMs = (after.cpuMs - before.cpuMs) / (SCRAPES + 1);
  return [
    unlimited(name("scrape"), median(tookMs), "ms"),
    unlimited(name("cpu_per_scrape"), cpuMs, "ms of CPU"),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
