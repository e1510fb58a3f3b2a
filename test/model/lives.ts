import type { Counts } from "./oracle.js";

/** As PROTOCOL.md has it. */
const MAX_SILENCE_MS = 600_000;

interface Life {
  readonly environment: number;
  sequence: number;
  counters: Counts;
  acknowledgedAtMs: number | undefined;
  inDoubt: boolean;
}

/** What is known of lives by their pushes alone, and what PROTOCOL.md demands of each push. */
export class Lives {
  readonly #lives = new Map<string, Life>();
  #newest: string | undefined;
  /** Nobody can go on with the newest life. */
  #lost = false;
  /** What the process knew of its last push when it was killed, cannot be told. */
  #unsure = false;
  readonly #gateways: number;
  readonly #broken: (rule: string) => void;

  constructor(gateways: number, broken: (rule: string) => void) {
    this.#gateways = gateways;
    this.#broken = broken;
  }

  departs(id: string, environment: number, sequence: number, counters: Counts): void {
    const before = this.#newest === undefined ? undefined : this.#lives.get(this.#newest)!;
    let life = this.#lives.get(id);
    if (life) {
      if (life.environment !== environment) this.#broken("two environments share a life");
      if (this.#newest !== id) this.#broken("a life that is over pushes again");
      if (this.#lost) this.#broken("a life goes on that nobody can know");
      if (!this.#unsure && this.#isOver(life)) this.#broken("a life outlives its lease");
      if (sequence <= life.sequence)
        this.#broken(`sequence ${sequence} comes after ${life.sequence}`);
      for (const [series, value] of life.counters) {
        const now = counters.get(series) ?? 0;
        if (now < value) this.#broken(`${series} falls from ${value} to ${now}`);
      }
    } else {
      if (before && !this.#lost && !this.#unsure && !this.#mayEnd(before))
        this.#broken("a life ends before its time");
      life = { environment, sequence, counters, acknowledgedAtMs: undefined, inDoubt: false };
      this.#lives.set(id, life);
      this.#newest = id;
      this.#lost = this.#unsure = false;
    }
    life.sequence = sequence;
    life.counters = counters;
  }

  /** It may come back after queries have forgotten it: its lease is over, and it goes on all the same. */
  outlives(id: string): boolean {
    const { acknowledgedAtMs = -Infinity } = this.#lives.get(id)!;
    return Date.now() - acknowledgedAtMs > MAX_SILENCE_MS;
  }

  acknowledged(id: string, sequence: number): void {
    const life = this.#lives.get(id)!;
    // A newer one may still be applied, or have been.
    if (sequence < life.sequence) return;
    life.inDoubt = this.#unsure = false;
    life.acknowledgedAtMs = Date.now();
  }

  inDoubt(id: string): void {
    this.#lives.get(id)!.inDoubt = true;
  }

  unsure(): void {
    this.#unsure = true;
  }

  lost(): void {
    this.#lost = true;
  }

  #isOver({ acknowledgedAtMs, inDoubt }: Life): boolean {
    if (acknowledgedAtMs === undefined || inDoubt) return false;
    return Date.now() - acknowledgedAtMs > MAX_SILENCE_MS;
  }

  #mayEnd(life: Life): boolean {
    if (life.acknowledgedAtMs === undefined) return this.#gateways > 1 && !life.inDoubt;
    return this.#isOver(life);
  }
}
