import type { Counts } from "./oracle.js";

/** Gauges show the present and cannot be summed. */
const GAUGES = /^(target_info|prefreeze_snapshot_sequence|prefreeze_instances|backlog)\b/;

/** Reads counters, and the parts of histograms and summaries, by series. */
export function readCounters(text: string): Counts {
  const counts: Counts = new Map();
  for (const line of text.split("\n")) {
    if (line.startsWith("#") || GAUGES.test(line)) continue;
    const end = line.lastIndexOf(" ");
    if (end > 0) counts.set(line.slice(0, end), Number(line.slice(end + 1)));
  }
  return counts;
}

export function sequenceIn(text: string): number {
  return Number(/^prefreeze_snapshot_sequence (\d+)$/m.exec(text)![1]);
}

/** The sequence number that a push says is acknowledged; 0 if it says nothing. */
export function acknowledgedIn(text: string): number {
  return Number(/\n# ACKNOWLEDGED (\d+)\n$/.exec(text)?.[1] ?? 0);
}

/** How far back the shipped queries look for earlier values of an instance. */
const LOOK_BACK_MS = 3_600_000;

/** The series to compare. Others depend on the time that passed, and on which pushes failed. */
const JUDGED = /^(faas_\w+_total|faas_invoke_duration_seconds_count|orders_total|sizes_\w+)\b/;

export function isJudged(series: string): boolean {
  return JUDGED.test(series);
}

/** What a gateway shows of an instance. */
export interface Group {
  readonly body: string;
  /** Its life may return after queries have forgotten it, as PROTOCOL.md allows; it is then counted again. */
  readonly mayReturn: boolean;
}

interface Seen {
  body: string;
  atMs: number;
  maximum: Counts;
}

/**
 * Reads the gateway as the shipped queries do: each instance is a grow-only counter. The growth of its maximum
 * counts. After an absence longer than the look-back, the whole value counts.
 */
export class Reader {
  readonly #seen = new Map<string, Seen>();
  /** The last totals of each aggregator. */
  readonly #totals = new Map<string, Counts>();
  /** The growth so far, over all instances. */
  readonly sums: Counts = new Map();

  /** Reads what aggregators show, as `increase` does: a total that falls begins again at zero. */
  scrapeTotals(texts: ReadonlyMap<string, string>): void {
    for (const [aggregator, text] of texts) {
      let last = this.#totals.get(aggregator);
      if (!last) this.#totals.set(aggregator, (last = new Map()));
      for (const [series, value] of readCounters(text)) {
        if (!isJudged(series)) continue;
        const before = last.get(series) ?? 0;
        const growth = value < before ? value : value - before;
        last.set(series, value);
        this.sums.set(series, (this.sums.get(series) ?? 0) + growth);
      }
    }
  }

  /** Reads all groups. */
  scrape(groups: ReadonlyMap<string, Group>): void {
    const atMs = Date.now();
    for (const [instance, { body, mayReturn }] of groups) {
      let seen = this.#seen.get(instance);
      if (!seen) this.#seen.set(instance, (seen = { body: "", atMs, maximum: new Map() }));
      if (atMs - seen.atMs > LOOK_BACK_MS && !mayReturn)
        Object.assign(seen, { body: "", maximum: new Map() });
      seen.atMs = atMs;
      if (body !== seen.body) this.#grow(seen, body);
    }
  }

  #grow(seen: Seen, body: string): void {
    seen.body = body;
    for (const [series, value] of readCounters(body)) {
      const before = seen.maximum.get(series) ?? 0;
      if (value <= before || !isJudged(series)) continue;
      seen.maximum.set(series, value);
      this.sums.set(series, (this.sums.get(series) ?? 0) + value - before);
    }
  }
}
