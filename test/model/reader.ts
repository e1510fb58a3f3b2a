import type { Counts } from "./oracle.js";

/** Gauges: the present, which does not add up. */
const GAUGES = /^(target_info|prefreeze_snapshot_sequence|backlog)\b/;

/** Counters, and what makes up histograms and summaries, by series as the text names them. */
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

/** How far back the shipped queries look for what an instance showed before. */
const LOOK_BACK_MS = 3_600_000;

/** What is judged; the rest depends on the time that passed, and on which pushes failed. */
const JUDGED = /^(faas_\w+_total|faas_invoke_duration_seconds_count|orders_total|sizes_\w+)\b/;

/** What a gateway shows of an instance. */
export interface Group {
  readonly body: string;
  /** Its life may come back after queries have forgotten it, as PROTOCOL.md has it: then it counts again. */
  readonly forgiven: boolean;
}

interface Seen {
  body: string;
  atMs: number;
  most: Counts;
}

/**
 * Reads what a gateway shows as the shipped queries do: each instance is a grow-only counter, of which the
 * growth of its maximum counts, and all of it where it was out of sight for longer than they look back.
 */
export class Reader {
  readonly #seen = new Map<string, Seen>();
  /** Over all instances, the growth so far. */
  readonly sums: Counts = new Map();

  /** Sees all groups. */
  scrape(groups: ReadonlyMap<string, Group>): void {
    const atMs = Date.now();
    for (const [instance, { body, forgiven }] of groups) {
      let seen = this.#seen.get(instance);
      if (!seen) this.#seen.set(instance, (seen = { body: "", atMs, most: new Map() }));
      if (atMs - seen.atMs > LOOK_BACK_MS && !forgiven)
        Object.assign(seen, { body: "", most: new Map() });
      seen.atMs = atMs;
      if (body !== seen.body) this.#grow(seen, body);
    }
  }

  #grow(seen: Seen, body: string): void {
    seen.body = body;
    for (const [series, value] of readCounters(body)) {
      const before = seen.most.get(series) ?? 0;
      if (value <= before || !JUDGED.test(series)) continue;
      seen.most.set(series, value);
      this.sums.set(series, (this.sums.get(series) ?? 0) + value - before);
    }
  }
}
