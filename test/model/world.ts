import { rmSync, mkdtempSync, openSync, writeSync, closeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import type { Instance, Observation, Platform } from "../../packages/core/src/adapter.js";
import { type Core, forgetAll } from "../../packages/core/test/core.js";
import { fileJournal } from "../../packages/node/src/journal/file-journal.js";
import { OWNER_AT } from "../../packages/node/src/journal/layout.js";
import { createFakeGateway, type FakeGateway, PRUNED_AFTER_MS } from "./fake-gateway.js";
import { type Doing, type End, Oracle } from "./oracle.js";
import { createReader } from "./reader.js";

const NOT_IN_USE = Buffer.alloc(16);

/** One environment with its processes, a gateway, who reads that, and the oracle beside them. */
export class World {
  readonly #core: Core;
  readonly #journaled: boolean;
  readonly #directory = mkdtempSync(join(tmpdir(), "prefreeze-model-"));
  readonly oracle = new Oracle();
  readonly #reader = createReader();
  readonly gateway: FakeGateway;
  #instance: Instance | undefined;
  #running: { readonly observation: Observation; readonly doing: Doing } | undefined;
  #begun = 0;
  /** Of each id, the sequence of its newest push. */
  readonly #sequences = new Map<string, number>();
  /** For longer than queries look back, a life of which nobody can tell the end was out of sight. */
  excused = false;

  constructor(core: Core, journaled: boolean) {
    this.#core = core;
    this.#journaled = journaled;
    this.gateway = createFakeGateway(() => this.#scrape());
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  get decided(): boolean {
    return this.#running?.doing.decided === true;
  }

  get alive(): boolean {
    return this.#instance !== undefined;
  }

  begin(): void {
    this.#instance ??= this.#start();
    const instance = this.#instance;
    const doing: Doing = { amounts: [], cold: instance.cold, decided: false };
    const key = {};
    const observation = this.#core.beginObservation(instance, () => ({
      key,
      id: String(this.#begun++),
      trigger: "http",
      deadlineMs: Date.now() + 60_000,
      hold(flush) {
        void flush(true);
        return undefined;
      },
    }))!;
    this.#running = { observation, doing };
  }

  record(amount: number): void {
    const { observation, doing } = this.#running!;
    doing.amounts.push(amount);
    const orders = this.#core.counter({
      name: "orders_total",
      help: "Orders.",
      labelNames: ["plan"],
    });
    const sizes = this.#core.histogram({ name: "sizes", help: "Sizes.", buckets: [1, 5] });
    observation.run(() => {
      orders.inc({ plan: amount % 2 ? 'o"dd' : "even" }, amount);
      sizes.observe(amount);
    });
  }

  timeOut(): void {
    this.#decide("timedOut");
    this.#running!.observation.timedOut();
  }

  end(failed: boolean): void {
    const { observation } = this.#running!;
    this.#decide(failed ? "failed" : "succeeded");
    if (failed) void observation.threw(new Error("mine"));
    else void observation.returned("done");
    this.#running = undefined;
  }

  /** The process is gone: where its exit was seen, with a last word. */
  die(end: "crash" | "killed"): void {
    if (end === "crash") this.#core.failRunning(this.#instance!, "crash");
    if (this.#running) this.#decide(end);
    this.#forget();
    if (!this.#journaled) return;
    // The journal tells by its id that the process lives, and here that is this one.
    const file = openSync(join(this.#directory, "prefreeze-1-0"), "r+");
    writeSync(file, NOT_IN_USE, 0, NOT_IN_USE.length, OWNER_AT);
    closeSync(file);
  }

  /** The environment ends, and its last push lands; the next one has a folder of its own. */
  async shutDown(): Promise<void> {
    void this.#core.endLife(this.#instance!.pushing!, Date.now() + 350);
    for (let i = 0; i < 2; i++) {
      await this.pass(60);
      this.gateway.decide("applied");
    }
    await this.pass(0);
    this.#forget();
    rmSync(join(this.#directory, "prefreeze-1-0"), { force: true });
  }

  /** The environment is awake for so long. */
  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
    this.#scrape();
  }

  /** The clock alone goes on; groups that are silent for half an hour are pruned, as they are scraped. */
  async freeze(ms: number): Promise<void> {
    const unclear = this.#instance?.pushing!.life.unclear === true;
    if (ms > PRUNED_AFTER_MS && (unclear || !this.#instance)) this.excused = true;
    const startedMs = Date.now();
    vi.setSystemTime(startedMs + Math.min(ms, PRUNED_AFTER_MS + 1_000));
    this.#scrape();
    this.gateway.prune();
    vi.setSystemTime(startedMs + ms);
    await this.pass(0);
  }

  /** Everything works, for as long as it takes. */
  async heal(): Promise<void> {
    while (this.gateway.applyLate());
    if (this.#running) this.end(false);
    for (let i = 0; i < 3; i++) {
      this.begin();
      this.end(false);
      for (let j = 0; j < 4; j++) {
        while (this.gateway.onTheWay > 0) {
          this.gateway.decide("applied");
          await this.pass(0);
        }
        await this.pass(1_000);
      }
      while (this.gateway.applyLate());
      await this.pass(61_000);
    }
  }

  /** Nothing is ever too much, on its way twice, or under an id that began again. */
  check(): void {
    expect(this.gateway.mostAtOnce).toBeLessThanOrEqual(1);
    if (this.excused) return;
    const truth = this.oracle.counts();
    for (const [name, shown] of Object.entries(this.#reader.counts()))
      expect(`${name} ${Math.max(shown - (truth[name] ?? 0), 0)} too much`).toBe(
        `${name} 0 too much`,
      );
  }

  /** Nothing is missing. */
  checkAll(): void {
    this.check();
    if (this.excused) return;
    const truth = this.oracle.counts();
    for (const [name, shown] of Object.entries(this.#reader.counts()))
      expect(`${name} ${shown}`).toBe(`${name} ${truth[name] ?? 0}`);
  }

  stop(): void {
    vi.clearAllTimers();
    forgetAll(this.#core);
    rmSync(this.#directory, { recursive: true });
  }

  /** What the process knew. */
  #forget(): void {
    this.#running = undefined;
    this.#instance = undefined;
    this.gateway.disconnect();
    const nowMs = Date.now();
    // It sets the clock back, too.
    vi.clearAllTimers();
    vi.setSystemTime(nowMs);
    forgetAll(this.#core);
  }

  #decide(end: End): void {
    const { doing } = this.#running!;
    if (!doing.decided) this.oracle.decide(doing, end);
    doing.decided = true;
  }

  #scrape(): void {
    for (const [instance, text] of this.gateway.groups) {
      const sequence = Number(/^prefreeze_snapshot_sequence (\d+)$/m.exec(text)![1]);
      this.#sequences.set(instance, Math.max(sequence, this.#sequences.get(instance) ?? 0));
    }
    this.#reader.scrape(this.gateway.groups);
  }

  #start(): Instance {
    const platform: Platform = {
      name: "model",
      flushMode: ["flush after the response"],
      freezes: true,
      flushesAtEnd: true,
      env: {},
      job: "model",
      instancePrefix: "model",
      targetInfo: {},
      store: this.#core.singleSlot(this.#core.state.running),
      transport: this.gateway.transport,
      ...(this.#journaled && {
        openJournal: fileJournal({ directory: this.#directory, environment: "model" }),
      }),
    };
    const instance = this.#core.instanceOn(platform, { url: "http://gateway:9091" })!;
    // Another life has another id, and the same one goes on above what it has shown.
    const { id, sequence } = instance.pushing!.life;
    expect(sequence).toBeGreaterThanOrEqual(this.#sequences.get(id) ?? 0);
    return instance;
  }
}
