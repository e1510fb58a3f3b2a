import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Prometheus, startPrometheus } from "../../end-to-end/prometheus.js";
import { DISTINGUISHING, seriesOf, type Values } from "./series.js";

/** A real Prometheus that scrapes a gateway every second. */
export interface Watch {
  /** When Prometheus was started, in milliseconds since 1970: seconds before the first push. */
  readonly sinceMs: number;
  /** `sum(x)` of every series now, by the label `aggregator`, which is empty without an aggregator's name. */
  sums(): Promise<ReadonlyMap<string, Values>>;
  /** `sum(increase(x[run]))` of every series with one of these names, over the whole run until now. */
  increases(names: ReadonlySet<string>): Promise<Values>;
  /** Takes Prometheus down, and starts it again after this time. */
  goDown(ms: number): void;
  /** Resolves when Prometheus runs. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly program: string;
  /** What it scrapes. */
  readonly target: string;
  readonly flags: readonly string[];
}

const FIRST_SCRAPE_WITHIN_MS = 30_000;
const POLL_MS = 100;
const BY = DISTINGUISHING.join(", ");

export async function startWatch({ program, target, flags }: WatchOptions): Promise<Watch> {
  const directory = await mkdtemp(join(tmpdir(), "truth-prometheus-"));
  const start = () => startPrometheus(target, { program, directory, flags });
  const sinceMs = Date.now();
  let prometheus: Prometheus = await start();
  let restarting: Promise<void> | undefined;

  async function restart(downMs: number): Promise<void> {
    await prometheus.stop();
    await sleep(downMs);
    prometheus = await start();
    restarting = undefined;
  }

  const untilMs = performance.now() + FIRST_SCRAPE_WITHIN_MS;
  // Two scrapes: the zero of a run without any series must be seen too.
  while ((await prometheus.query("count_over_time(up[1m]) >= 2 and up == 1")).length === 0) {
    if (performance.now() > untilMs) throw new Error(`${program} does not scrape ${target}`);
    await sleep(POLL_MS);
  }

  return {
    sinceMs,
    async sums() {
      await restarting;
      const sums = new Map<string, Map<string, number>>();
      const results = await prometheus.query(
        `sum by (__name__, aggregator, ${BY}) ({job!="", __name__=~".+_(total|count|bucket|sum)"})`,
      );
      for (const { labels, value } of results) {
        const series = seriesOf(labels["__name__"]!, labels);
        if (series === undefined || value === 0) continue;
        const aggregator = labels["aggregator"] ?? "";
        const values = sums.get(aggregator) ?? new Map<string, number>();
        sums.set(aggregator, values.set(series, (values.get(series) ?? 0) + value));
      }
      return sums;
    },
    async increases(names) {
      await restarting;
      const nowMs = Date.now();
      const range = `${nowMs - sinceMs}ms`;
      const increases = new Map<string, number>();
      for (const name of names) {
        const query = `sum by (${BY}) (increase(${name}[${range}]))`;
        for (const { labels, value } of await prometheus.query(query, nowMs)) {
          const series = seriesOf(name, labels);
          if (series !== undefined) increases.set(series, (increases.get(series) ?? 0) + value);
        }
      }
      return increases;
    },
    goDown(ms) {
      restarting = restart(ms);
    },
    async settled() {
      await restarting;
    },
    async stop() {
      await restarting;
      await prometheus.stop();
      await rm(directory, { recursive: true });
    },
  };
}
