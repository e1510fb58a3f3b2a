import { setTimeout as delay } from "node:timers/promises";
import { type Prometheus, startPrometheus } from "../../test/end-to-end/prometheus.js";
import { find } from "../../test/pushgateway/find.mjs";
import { versionOf } from "../../test/pushgateway/programs.mjs";
import type { NumberMetrics, Numbers } from "./numbers.js";

/** The real Prometheus of the demo, which scrapes the gateway every second. */
export interface DemoPrometheus {
  /** Its version and its program, as the demo prints them. */
  readonly name: string;
  readonly url: string;
  /** What plain `sum(increase(x[5m]))` shows of a job, once Prometheus has scraped these numbers. */
  increases(job: string, held: Numbers, metrics: NumberMetrics): Promise<Numbers>;
  stop(): Promise<unknown>;
}

const SCRAPED_WITHIN_MS = 10_000;
const POLL_MS = 100;
/** The Debian releases whose programs the tests fetch, newest first. */
const RELEASES = ["sid", "trixie", "bookworm"];

/** @returns PROMETHEUS_BIN, the one on the PATH, or one that the tests have fetched; undefined if there is none */
export function findPrometheus(): string | undefined {
  const found = [undefined, ...RELEASES].map((release) => find("prometheus", release));
  return found.find((program) => program !== undefined);
}

/** Starts a Prometheus, and resolves when it has scraped the gateway, so that it sees every series from its birth. */
export async function openPrometheus(program: string, gateway: string): Promise<DemoPrometheus> {
  const prometheus = await startPrometheus(gateway, { program });
  await until(async () => (await prometheus.query("up == 1")).length > 0);
  return {
    name: `the real Prometheus ${await versionOf(program)}, ${program}`,
    url: prometheus.url,
    stop: prometheus.stop,
    async increases(job, held, metrics) {
      const keys = [...metrics.keys()];
      const select = (key: keyof Numbers) => {
        const { name, labels } = metrics.get(key)!;
        const matchers = Object.entries({ job, ...labels }).map(
          ([label, value]) => `${label}="${value}"`,
        );
        return `${name}{${matchers.join()}}`;
      };
      await until(async () => {
        for (const key of keys)
          if ((await sum(prometheus, `sum(${select(key)})`)) !== held[key]) return false;
        return true;
      });
      // At the time of the newest scrape: later, increase() would guess what has happened since.
      const atMs = 1_000 * (await sum(prometheus, "max(timestamp(up))"));
      const shown = keys.map(async (key): Promise<[keyof Numbers, number]> => [
        key,
        await sum(prometheus, `sum(increase(${select(key)}[5m]))`, atMs),
      ]);
      return Object.fromEntries(await Promise.all(shown)) as unknown as Numbers;
    },
  };
}

async function sum(prometheus: Prometheus, query: string, atMs?: number): Promise<number> {
  return (await prometheus.query(query, atMs))[0]?.value ?? 0;
}

/** Waits for something, but not for ever: what is then shown is compared anyway. */
async function until(done: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + SCRAPED_WITHIN_MS;
  while (performance.now() < endMs && !(await done())) await delay(POLL_MS);
}
