import type { Ledger } from "./ledger.js";
import type { Counts } from "./oracle.js";

/** The value in PROTOCOL.md. */
const MAX_SILENCE_MS = 600_000;

interface Life {
  readonly environment: number;
  sequence: number;
  counters: Counts;
  /** Without an end that its process can know. */
  readonly inDoubt: Set<number>;
  acknowledged: number;
  /** When the newest acknowledged push was sent. */
  acknowledgedAtMs: number | undefined;
  /** An aggregator has answered its newest push: it does not know the life. Then this was acknowledged. */
  unknownAfter: number | undefined;
}

/** Knows lives by their pushes alone, and checks the rules of PROTOCOL.md at each push. */
export class Lives {
  readonly #lives = new Map<string, Life>();
  #newest: string | undefined;
  /** No process can know the newest life any more. */
  #lost = false;
  /** The process was killed in a write, so it is open what it knew of its last push. */
  #killedInWrite = false;
  readonly #gateways: number;
  readonly #ledger: Ledger;
  readonly #broken: (rule: string) => void;

  constructor(gateways: number, ledger: Ledger, broken: (rule: string) => void) {
    this.#gateways = gateways;
    this.#ledger = ledger;
    this.#broken = broken;
  }

  starts(id: string, environment: number, sequence: number, counters: Counts): void {
    const before = this.#newest === undefined ? undefined : this.#lives.get(this.#newest)!;
    let life = this.#lives.get(id);
    if (life) {
      if (life.environment !== environment) this.#broken("two environments share a life");
      if (this.#newest !== id) this.#broken("a life that was replaced pushes again");
      if (this.#lost) this.#broken("a life continues that no process can know");
      if (life.unknownAfter !== undefined)
        this.#broken("a life continues that its aggregator does not know");
      if (!this.#killedInWrite && this.#hasExpired(life))
        this.#broken("a life continues after it has expired");
      if (sequence <= life.sequence)
        this.#broken(`sequence ${sequence} comes after ${life.sequence}`);
      for (const [series, value] of life.counters) {
        const now = counters.get(series) ?? 0;
        if (now < value) this.#broken(`${series} falls from ${value} to ${now}`);
      }
    } else {
      if (before && !this.#lost && !this.#killedInWrite && !this.#mayEnd(before))
        this.#broken("a life is replaced before it has expired");
      if (before && !this.#lost)
        this.#ledger.replaced(this.#newest!, before.unknownAfter ?? before.acknowledged);
      life = {
        environment,
        sequence,
        counters,
        inDoubt: new Set(),
        acknowledged: 0,
        acknowledgedAtMs: undefined,
        unknownAfter: undefined,
      };
      this.#lives.set(id, life);
      this.#newest = id;
      this.#lost = this.#killedInWrite = false;
    }
    life.sequence = sequence;
    life.counters = counters;
    life.inDoubt.add(sequence);
    this.#ledger.sent(id, sequence, counters);
  }

  /** The group may return after queries have forgotten it: the life would have expired, but continues. */
  mayReturn(id: string): boolean {
    const { acknowledgedAtMs = -Infinity } = this.#lives.get(id)!;
    return Date.now() - acknowledgedAtMs > MAX_SILENCE_MS;
  }

  /** @returns false if a later push is acknowledged already */
  acknowledged(id: string, sequence: number, sentAtMs: number): boolean {
    const life = this.#lives.get(id)!;
    if (sequence < life.acknowledged) return false;
    for (const each of life.inDoubt) if (each <= sequence) life.inDoubt.delete(each);
    this.#ledger.ended(id, sequence, true);
    life.acknowledged = sequence;
    life.acknowledgedAtMs = sentAtMs;
    if (sequence === life.sequence) this.#killedInWrite = false;
    return true;
  }

  notApplied(id: string, sequence: number): void {
    this.#lives.get(id)!.inDoubt.delete(sequence);
    this.#ledger.ended(id, sequence, false);
  }

  /** @param acknowledged what the push says that was acknowledged */
  unknown(id: string, sequence: number, acknowledged: number): void {
    this.notApplied(id, sequence);
    const life = this.#lives.get(id)!;
    if (this.#newest === id && sequence === life.sequence) life.unknownAfter = acknowledged;
  }

  /** The process is gone, and what it knew of the newest answer perhaps with it. */
  killed(inWrite: boolean): void {
    const life = this.#newest === undefined ? undefined : this.#lives.get(this.#newest)!;
    if (!life) return;
    life.unknownAfter = undefined;
    if (!inWrite) return;
    this.#killedInWrite = true;
    this.#ledger.doubt(this.#newest!, life.acknowledged);
  }

  lost(): void {
    this.#lost = true;
  }

  #hasExpired({ acknowledgedAtMs, inDoubt }: Life): boolean {
    if (acknowledgedAtMs === undefined || inDoubt.size > 0) return false;
    return Date.now() - acknowledgedAtMs > MAX_SILENCE_MS;
  }

  #mayEnd(life: Life): boolean {
    if (life.unknownAfter !== undefined) return true;
    if (life.acknowledgedAtMs === undefined) return this.#gateways > 1 && life.inDoubt.size === 0;
    return this.#hasExpired(life);
  }
}
