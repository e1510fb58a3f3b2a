import type { Counts } from "./oracle.js";

/** The value in PROTOCOL.md. */
const MAX_SILENCE_MS = 600_000;

interface Life {
  readonly environment: number;
  sequence: number;
  counters: Counts;
  acknowledgedAtMs: number | undefined;
  inDoubt: boolean;
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
  readonly #broken: (rule: string) => void;

  constructor(gateways: number, broken: (rule: string) => void) {
    this.#gateways = gateways;
    this.#broken = broken;
  }

  starts(id: string, environment: number, sequence: number, counters: Counts): void {
    const before = this.#newest === undefined ? undefined : this.#lives.get(this.#newest)!;
    let life = this.#lives.get(id);
    if (life) {
      if (life.environment !== environment) this.#broken("two environments share a life");
      if (this.#newest !== id) this.#broken("a life that was replaced pushes again");
      if (this.#lost) this.#broken("a life continues that no process can know");
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
      life = { environment, sequence, counters, acknowledgedAtMs: undefined, inDoubt: false };
      this.#lives.set(id, life);
      this.#newest = id;
      this.#lost = this.#killedInWrite = false;
    }
    life.sequence = sequence;
    life.counters = counters;
  }

  /** The group may return after queries have forgotten it: the life would have expired, but continues. */
  mayReturn(id: string): boolean {
    const { acknowledgedAtMs = -Infinity } = this.#lives.get(id)!;
    return Date.now() - acknowledgedAtMs > MAX_SILENCE_MS;
  }

  acknowledged(id: string, sequence: number): void {
    const life = this.#lives.get(id)!;
    // A newer push may still be applied, or may have been.
    if (sequence < life.sequence) return;
    life.inDoubt = this.#killedInWrite = false;
    life.acknowledgedAtMs = Date.now();
  }

  inDoubt(id: string): void {
    this.#lives.get(id)!.inDoubt = true;
  }

  killedInWrite(): void {
    this.#killedInWrite = true;
  }

  lost(): void {
    this.#lost = true;
  }

  #hasExpired({ acknowledgedAtMs, inDoubt }: Life): boolean {
    if (acknowledgedAtMs === undefined || inDoubt) return false;
    return Date.now() - acknowledgedAtMs > MAX_SILENCE_MS;
  }

  #mayEnd(life: Life): boolean {
    if (life.acknowledgedAtMs === undefined) return this.#gateways > 1 && !life.inDoubt;
    return this.#hasExpired(life);
  }
}
