import { type Aggregate, createAggregate, type View } from "@prefreeze/core/aggregate";
import type { Ledger } from "./ledger.js";
import type { Counts } from "./oracle.js";
import { readCounters, sequenceIn } from "./reader.js";

const GROUP = "/metrics/job/model";
const STATUS = { accepted: 200, older: 200, "unknown life": 410, full: 503 } as const;

/** Changes an aggregator so that it breaks a rule. */
export type ChangeAggregate = (aggregate: Aggregate) => Partial<Aggregate>;

/** One aggregator: its process, and its store, which outlives the process. */
class Aggregator {
  readonly #store = new Map<string, Uint8Array>();
  readonly #view: View;
  readonly #change: ChangeAggregate | undefined;
  #aggregate: Aggregate;
  /** It has another name after its state was lost. */
  state: string;
  /** What was scraped last of this state. */
  shown: Counts = new Map();

  constructor(state: string, view: View, change?: ChangeAggregate) {
    this.state = state;
    this.#view = view;
    this.#change = change;
    this.#aggregate = this.#create();
  }

  /** @returns the status of its answer */
  push(life: string, snapshot: string): number {
    return STATUS[this.#aggregate.push({ group: GROUP, life, snapshot, atMs: Date.now() })];
  }

  commit(): void {
    for (const [key, piece] of this.#aggregate.changes()) {
      if (piece) this.#store.set(key, piece);
      else this.#store.delete(key);
    }
  }

  forget(life: string): void {
    this.#aggregate.forget(GROUP, life);
    this.commit();
  }

  forgetSilent(): void {
    this.#aggregate.forgetSilent(Date.now());
    this.commit();
  }

  scrape(): string {
    const text = this.#text();
    this.commit();
    this.shown = readCounters(text);
    // Becomes durable with the next commit.
    if (this.#view === "scraped") this.#aggregate.pageShown(Date.now());
    else this.#aggregate.shown(GROUP, "pushed", Date.now());
    return text;
  }

  /** Without the labels of the group. */
  #text(): string {
    if (this.#view === "pushed") return this.#aggregate.text(GROUP, "pushed", Date.now());
    const page = this.#aggregate.page(Date.now());
    return page.replaceAll(/\{instance="",job="model",?/g, "{").replaceAll("{}", "");
  }

  /** The process is killed, and another one starts with what is in the store. */
  restart(): void {
    this.#aggregate = this.#create();
    this.#aggregate.restore(this.#store);
  }

  lose(): void {
    this.#store.clear();
    this.restart();
    this.state += "'";
    this.shown = new Map();
  }

  #create(): Aggregate {
    const aggregate = createAggregate();
    return { ...aggregate, ...this.#change?.(aggregate) };
  }
}

/** Two aggregators behind each address. A request reaches one of them. */
export class Aggregators {
  readonly #ledger: Ledger;
  readonly #view: View;
  readonly #change: ChangeAggregate | undefined;
  readonly #behind = new Map<string, readonly Aggregator[]>();
  /** The one that requests reach. */
  #reached = 0;

  constructor(ledger: Ledger, view: View, change?: ChangeAggregate) {
    this.#ledger = ledger;
    this.#view = view;
    this.#change = change;
  }

  /** @returns the status of the answer */
  push(address: string, life: string, body: string): number {
    const aggregator = this.#at(address);
    const status = aggregator.push(life, body);
    aggregator.commit();
    const sequence = sequenceIn(body);
    this.#ledger.received(aggregator.state, life, sequence);
    if (status === 200) this.#ledger.taken(aggregator.state, life, sequence);
    return status;
  }

  /** A push is in its memory, and it is killed before that is durable. */
  pushAndKill(address: string, life: string, body: string): void {
    const aggregator = this.#at(address);
    aggregator.push(life, body);
    aggregator.restart();
  }

  delete(address: string, life: string): void {
    this.#at(address).forget(life);
  }

  /** Requests reach the other one from now on. */
  spread(): void {
    this.#reached = 1 - this.#reached;
  }

  restart(): void {
    for (const each of this.#all()) each.restart();
  }

  /** Those that requests reach lose their state. What was not scraped is lost to the reader. */
  lose(): void {
    for (const aggregators of this.#behind.values()) {
      const aggregator = aggregators[this.#reached]!;
      this.#ledger.lost(aggregator.state, aggregator.shown);
      aggregator.lose();
    }
  }

  forgetSilent(): void {
    for (const each of this.#all()) each.forgetSilent();
    this.#ledger.forgetSilent();
  }

  /** @returns what each of them shows */
  scrape(): Map<string, string> {
    return new Map(this.#all().map((each) => [each.state.replaceAll("'", ""), each.scrape()]));
  }

  #all(): Aggregator[] {
    return [...this.#behind.values()].flat();
  }

  #at(address: string): Aggregator {
    let aggregators = this.#behind.get(address);
    if (!aggregators) {
      aggregators = ["a", "b"].map(
        (name) => new Aggregator(`${address} ${name}`, this.#view, this.#change),
      );
      this.#behind.set(address, aggregators);
    }
    return aggregators[this.#reached]!;
  }
}
