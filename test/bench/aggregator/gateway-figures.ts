import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RealGateway, startRealGateway } from "../../pushgateway/real.js";
import { type BenchFigure, unlimited } from "../figure.js";
import type { Fleet } from "./fleet.js";
import { sendAll } from "./load.js";

/** Enough to keep both processors busy. With the check and 100,000 groups, each push takes seconds. */
const CONNECTIONS = 4;
/** One file of 100,000 groups is read for most of a minute, and written again. */
const GATEWAY_TIMEOUT_MS = 180_000;
/** Linux counts the CPU time of processes in these. */
const TICK_MS = 10;

/**
 * The same pushes to a Pushgateway with ever more groups, without its consistency check and with it.
 *
 * @param durationMs how long each figure is measured, in milliseconds
 * @param log called with what is measured next
 */
export async function* gatewayFigures(
  fleet: Fleet,
  sizes: readonly number[],
  durationMs: number,
  folder: string,
  log: (line: string) => void,
): AsyncGenerator<readonly BenchFigure[]> {
  const persistenceFile = join(folder, "groups");
  const start = (flags: readonly string[]) =>
    startRealGateway({ persistenceFile, flags, timeoutMs: GATEWAY_TIMEOUT_MS });
  for (const size of sizes) {
    log(`${size} groups of a Pushgateway`);
    const added = size - fleet.lives;
    fleet.growTo(size);
    {
      // With its check, it would take hours to get as many.
      await using unchecked = await start(["--push.disable-consistency-check"]);
      await sendAll(unchecked.url, fleet.next, added, CONNECTIONS);
      yield await figuresOf("unchecked_gateway", unchecked, fleet, durationMs);
    }
    await using checked = await start([]);
    yield await figuresOf("checked_gateway", checked, fleet, durationMs);
  }
}

async function figuresOf(
  name: string,
  gateway: RealGateway,
  fleet: Fleet,
  durationMs: number,
): Promise<readonly BenchFigure[]> {
  const before = await cpuMsOf(gateway.processId);
  const untilMs = performance.now() + durationMs;
  const { answered: calls, tookMs } = await sendAll(
    gateway.url,
    fleet.next,
    Infinity,
    CONNECTIONS,
    untilMs,
  );
  const cpuMs = (await cpuMsOf(gateway.processId)) - before;
  const groups = `${fleet.lives}_groups`;
  return [
    { ...unlimited(`${name}_pushes_${groups}`, (calls / tookMs) * 1_000, "/s"), calls },
    { ...unlimited(`${name}_cpu_per_push_${groups}`, (cpuMs * 1_000) / calls, "us"), calls },
  ];
}

async function cpuMsOf(processId: number): Promise<number> {
  const stat = await readFile(`/proc/${processId}/stat`, "utf8");
  // The name, in brackets, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
