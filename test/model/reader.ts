import { parseText } from "../pushgateway/parse.js";

/** How far back the shipped queries look for what an instance showed before. */
const LOOK_BACK_MS = 3_600_000;

/** What is told apart of the metrics. */
export type Counts = Readonly<Record<string, number>>;

const READ = [
  "faas_invocations_total",
  "faas_errors_total",
  "faas_timeouts_total",
  "faas_coldstarts_total",
  "faas_invoke_duration_seconds_count",
  "orders_total",
  "sizes_count",
  "sizes_sum",
  "sizes_bucket",
] as const;

interface Seen {
  atMs: number;
  text: string;
  readonly most: Map<string, number>;
}

/**
 * Reads a gateway as the shipped queries do: each instance is a grow-only counter, of which the growth of
 * its maximum counts, and all of it where it was not there for longer than they look back.
 */
export interface Reader {
  /** One scrape of all groups, by instance. */
  scrape(groups: ReadonlyMap<string, string>): void;
  /** The growth so far. */
  counts(): Counts;
}

export function createReader(): Reader {
  const seen = new Map<string, Seen>();
  const grown: Record<string, number> = Object.fromEntries(READ.map((name) => [name, 0]));
  return {
    scrape(groups) {
      const nowMs = Date.now();
      for (const [instance, text] of groups) {
        let before = seen.get(instance);
        if (!before || nowMs - before.atMs > LOOK_BACK_MS)
          seen.set(instance, (before = { atMs: nowMs, text: "", most: new Map() }));
        before.atMs = nowMs;
        if (text === before.text) continue;
        before.text = text;
        for (const { name, labels, value } of parseText(text).flatMap(({ samples }) => samples)) {
          if (!Object.hasOwn(grown, name)) continue;
          const series = JSON.stringify([name, labels]);
          const most = before.most.get(series) ?? 0;
          if (value <= most) continue;
          before.most.set(series, value);
          grown[name]! += value - most;
        }
      }
    },
    counts: () => ({ ...grown }),
  };
}
