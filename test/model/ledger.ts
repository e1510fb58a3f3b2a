import type { Counts } from "./oracle.js";
import { isJudged } from "./reader.js";

const DAY_MS = 86_400_000;

/** A push of a life. */
interface Sent {
  readonly counters: Counts;
  /** The memories that have received it. */
  readonly receivedBy: Set<Memory>;
  /** Its process does not know how it has ended. */
  inDoubt: boolean;
  /** That was so when the next one was sent. */
  wasInDoubt: boolean;
}

/** What one state of an aggregator knows of a life until it forgets it. */
interface Memory {
  readonly state: string;
  sequence: number;
  takenAtMs: number;
  forgotten: boolean;
}

interface Life {
  readonly pushes: Map<number, Sent>;
  readonly memories: Memory[];
  newest: number;
  /** The sequence number of the snapshot that the next life has left out of its totals. */
  base: number | undefined;
}

/**
 * Knows what each aggregator has taken of each life, and computes exactly what is counted twice, or lost, because of
 * what nobody can decide: a push in doubt was taken, and a later one met an aggregator that does not know of it.
 */
export class Ledger {
  readonly #lives = new Map<string, Life>();
  /** What was taken and not scraped when a state was lost. */
  readonly lostCounts: Counts = new Map();
  /** Something was counted twice or lost for that reason. */
  excused = false;

  sent(id: string, sequence: number, counters: Counts): void {
    let life = this.#lives.get(id);
    if (!life) {
      life = { pushes: new Map(), memories: [], newest: 0, base: undefined };
      this.#lives.set(id, life);
    }
    for (const each of life.pushes.values()) each.wasInDoubt ||= each.inDoubt;
    const receivedBy = new Set<Memory>();
    life.pushes.set(sequence, { counters, receivedBy, inDoubt: true, wasInDoubt: false });
    life.newest = sequence;
  }

  /** The process knows how a push has ended, and so how all earlier ones have, if it was acknowledged. */
  ended(id: string, sequence: number, acknowledged: boolean): void {
    for (const [each, push] of this.#lives.get(id)!.pushes)
      if (each === sequence || (acknowledged && each < sequence)) push.inDoubt = false;
  }

  /** The process was killed in a write, so the next one may not know how the newest acknowledged push has ended. */
  doubt(id: string, sequence: number): void {
    const push = this.#lives.get(id)?.pushes.get(sequence);
    if (push) push.inDoubt = true;
  }

  /** The life was replaced by one whose totals leave out this snapshot. */
  replaced(id: string, base: number): void {
    const life = this.#lives.get(id)!;
    life.base = base;
    for (const each of life.pushes.values()) each.wasInDoubt ||= each.inDoubt;
  }

  /** A state of an aggregator has received a push, whatever it answered. */
  received(state: string, id: string, sequence: number): void {
    const life = this.#lives.get(id)!;
    life.pushes.get(sequence)!.receivedBy.add(memoryOf(life, state));
  }

  /** It has answered 200, so the push is durable there. */
  taken(state: string, id: string, sequence: number): void {
    const memory = memoryOf(this.#lives.get(id)!, state);
    if (sequence <= memory.sequence) return;
    memory.sequence = sequence;
    memory.takenAtMs = Date.now();
  }

  /** All aggregators forget the lives that were silent for a day. */
  forgetSilent(): void {
    for (const { memories } of this.#lives.values())
      for (const memory of memories) memory.forgotten ||= memory.takenAtMs < Date.now() - DAY_MS;
  }

  /** A state is lost. A reader has seen this much of it. */
  lost(state: string, seen: Counts): void {
    const taken: Counts = new Map();
    for (const { pushes, memories } of this.#lives.values()) {
      for (const memory of memories)
        if (memory.state === state) addTo(taken, pushes.get(memory.sequence)?.counters, 1);
    }
    for (const [series, value] of taken) {
      if (!isJudged(series)) continue;
      const unseen = value - (seen.get(series) ?? 0);
      if (unseen > 0) this.excused = true;
      this.lostCounts.set(series, (this.lostCounts.get(series) ?? 0) + unseen);
    }
  }

  /** What is counted twice. @throws Error if it is more than what nobody can decide */
  doubled(): Counts {
    const doubled: Counts = new Map();
    for (const life of this.#lives.values()) {
      const { pushes } = life;
      const memories = life.memories.filter(({ sequence }) => sequence > 0);
      if (memories.length === 0) continue;
      const once = life.base ?? Math.max(...memories.map(({ sequence }) => sequence));
      const more = memories.filter(({ sequence }) => sequence !== once);
      if (more.length === 0) continue;
      this.excused = true;
      if (!more.every((memory) => isUndecidable(life, memory)))
        throw new Error("a life is counted twice, though no push of it was in doubt");
      for (const memory of memories) addTo(doubled, pushes.get(memory.sequence)!.counters, 1);
      addTo(doubled, pushes.get(once)?.counters, -1);
    }
    return doubled;
  }
}

/** Its newest push there was in doubt when the next one was sent, and a later one was received elsewhere. */
function isUndecidable({ pushes }: Life, memory: Memory): boolean {
  if (!pushes.get(memory.sequence)!.wasInDoubt) return false;
  return [...pushes].some(
    ([sequence, { receivedBy }]) =>
      sequence > memory.sequence && [...receivedBy].some((each) => each !== memory),
  );
}

function memoryOf({ memories }: Life, state: string): Memory {
  let memory = memories.find((each) => each.state === state && !each.forgotten);
  if (!memory) {
    memory = { state, sequence: 0, takenAtMs: Infinity, forgotten: false };
    memories.push(memory);
  }
  return memory;
}

function addTo(counts: Counts, more: Counts | undefined, sign: 1 | -1): void {
  for (const [series, value] of more ?? [])
    counts.set(series, (counts.get(series) ?? 0) + value * sign);
}
