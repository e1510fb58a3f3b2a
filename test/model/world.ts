import fs from "node:fs";
import { AsyncLocalStorage } from "node:async_hooks";
import { join } from "node:path";
import type {
  Instance,
  Invocation,
  Observation,
  OpenJournal,
  Trigger,
} from "../../packages/core/src/adapter.js";
import type { View } from "@prefreeze/core/aggregate";
import { type Core, forgetAll } from "../../packages/core/test/core.js";
import { fileJournal } from "../../packages/node/src/journal/file-journal.js";
import { ENTRIES_AT, LOGS_AT, OWNER_AT } from "../../packages/node/src/journal/layout.js";
import { fixRandomness } from "./fixed-randomness.js";
import { Aggregators, type ChangeAggregate } from "./aggregators.js";
import { type Clock, fakeClock, turn } from "./clock.js";
import { type Disk, faultyDisk } from "./disk.js";
import { type Fate, FakeGateway, type Push } from "./fake-gateway.js";
import { Ledger } from "./ledger.js";
import { Lives } from "./lives.js";
import { type Counts, type Progress, Oracle } from "./oracle.js";
import { acknowledgedIn, Reader, readCounters, sequenceIn } from "./reader.js";

/** A kind of environment. */
export interface Kind {
  readonly journal: boolean;
  /** Freezes when nothing is running, as all environments do except servers. */
  readonly freezes: boolean;
  /** The response waits for the push. */
  readonly waitsForPush: boolean;
  /** Concurrent invocations are kept apart. */
  readonly keepsApart: boolean;
  readonly gateways: 1 | 2;
  readonly minFlushIntervalMs: number | "auto";
  /** Its transport ignores the abort signal, so a late answer still arrives. */
  readonly deaf: boolean;
  /** Aggregators stand at the addresses of the gateways, and are read like this. */
  readonly aggregated?: View;
}

/** Changes parts so that they break a rule. */
export interface Changes {
  readonly journal?: ((openJournal: OpenJournal) => OpenJournal) | undefined;
  readonly aggregate?: ChangeAggregate;
}

/** Shorter than any time after which something is forgotten. */
const STEP_MS = 300_000;
/** The time that Lambda leaves for a shutdown. */
const SHUTDOWN_MS = 250;
/** After this time, the breaker is half-open and every back-off is over. */
const HEALED_AFTER_MS = 61_000;
const SCRAPE_INTERVAL_MS = 15_000;
const NOT_IN_USE = Buffer.alloc(16);

interface Running {
  readonly observation: Observation;
  readonly progress: Progress;
}

/** Consecutive environments, their gateway, its reader, and the oracle that knows the truth. */
export class World {
  readonly #core: Core;
  readonly #kind: Kind;
  readonly #openJournal: OpenJournal;
  readonly #directory: string;
  readonly #file: string;
  readonly #storage = new AsyncLocalStorage<Invocation>();
  readonly #clock: Clock = fakeClock();
  readonly #restoreRandomness = fixRandomness();
  readonly #oracle = new Oracle();
  readonly #reader = new Reader();
  readonly #ledger = new Ledger();
  readonly #lives: Lives;
  readonly disk: Disk;
  readonly gateway: FakeGateway;
  #environment = 1;
  #instance: Instance | undefined;
  running: Running[] = [];
  #begun = 0;
  #emptied = false;
  /** The in-flight entry of the newest invocation is written. */
  #hasEntry = false;
  /** Rules that were broken. */
  readonly #broken: string[] = [];
  /** What the oracle knew at each push. */
  readonly #snapshots = new Map<Push, Counts>();

  /** @param directory for the journal */
  constructor(core: Core, kind: Kind, directory: string, changes: Changes = {}) {
    this.#core = core;
    this.#directory = directory;
    this.#file = join(directory, "prefreeze-1-0");
    this.#kind = kind;
    const openJournal = fileJournal({ directory: this.#directory, environment: "model" });
    this.#openJournal = changes.journal?.(openJournal) ?? openJournal;
    this.#lives = new Lives(kind.gateways, this.#ledger, (rule) => this.#broken.push(rule));
    this.disk = faultyDisk(this.#directory, (bytes, at) => {
      // An acknowledgement in a log has no totals.
      if (at >= LOGS_AT && bytes.includes('"running":')) this.#oracle.written();
      else if (at >= ENTRIES_AT && at < LOGS_AT) this.#hasEntry = true;
    });
    const aggregators = kind.aggregated
      ? new Aggregators(this.#ledger, kind.aggregated, changes.aggregate)
      : undefined;
    this.gateway = new FakeGateway(kind.deaf, aggregators, {
      starts: (push) => {
        if (this.disk.gone) return false;
        const { method, instance, body } = push;
        if (method !== "PUT") return true;
        this.#lives.starts(instance, this.#environment, sequenceIn(body), readCounters(body));
        push.mayReturn = this.#lives.mayReturn(instance);
        this.#snapshots.set(push, this.#oracle.snapshot());
        return true;
      },
      applied: () => this.#scrape(),
      acknowledged: (push) => {
        if (push.method !== "PUT") return;
        const { instance, body, startedAtMs } = push;
        if (this.#lives.acknowledged(instance, sequenceIn(body), startedAtMs))
          this.#oracle.acknowledge(this.#snapshots.get(push)!);
      },
      notApplied: ({ method, instance, body }) => {
        if (method === "PUT") this.#lives.notApplied(instance, sequenceIn(body));
      },
      unknown: ({ instance, body }) =>
        this.#lives.unknown(instance, sequenceIn(body), acknowledgedIn(body)),
    });
  }

  get alive(): boolean {
    return this.#instance !== undefined;
  }

  /** If nothing keeps them apart, a recording beside an invocation is attributed to it. */
  get canRecordOutside(): boolean {
    return this.alive && (this.#kind.keepsApart || this.running.length === 0);
  }

  begin(trigger: "http" | "timer", timeMs: number): void {
    const instance = (this.#instance ??= this.#start());
    if (this.disk.gone) return;
    this.#hasEntry = false;
    const progress: Progress = { trigger, cold: instance.cold, amounts: [], end: undefined };
    const observation = this.#core.beginObservation(instance, () => ({
      key: progress,
      id: String(++this.#begun),
      trigger: trigger satisfies Trigger,
      deadlineMs: Date.now() + timeMs,
      keepAlive: (flush) => (this.#kind.waitsForPush ? flush() : void flush(true)),
    }))!;
    // If the process was killed before the in-flight entry was written, the invocation never began.
    if (!this.disk.gone || this.#hasEntry) this.running.push({ observation, progress });
  }

  record({ observation, progress }: Running, amount: number): void {
    const keepsApart = this.#kind.keepsApart || this.running.length === 1;
    if (keepsApart && !progress.end) progress.amounts.push(amount);
    else this.#oracle.record(amount);
    observation.run(() => this.#record(amount));
  }

  recordOutside(amount: number): void {
    this.#oracle.record(amount);
    this.#record(amount);
  }

  timeOut({ observation, progress }: Running): void {
    this.#oracle.decide(progress, "timedOut");
    observation.timedOut();
    this.#expectWritten("when it has timed out");
  }

  end(one: Running, failed: boolean): void {
    const { observation, progress } = one;
    this.running = this.running.filter((each) => each !== one);
    if (!progress.end) this.#oracle.decide(progress, failed ? "failed" : "succeeded");
    if (failed) void observation.threw(new RangeError("mine"));
    else void observation.returned("done");
    this.#expectWritten("when the response is returned");
  }

  /** The process is gone, but its exit was noticed: running invocations are counted as failed. */
  async crash(): Promise<void> {
    if (this.#isKept())
      for (const { progress } of this.running)
        if (!progress.end) this.#oracle.decide(progress, "crash");
    this.#core.failRunning(this.#instance!, "crash");
    this.#expectWritten("when the process ends");
    await this.#bury();
  }

  /** The process is killed, and its environment perhaps with it. */
  async kill(environment = false): Promise<void> {
    if (environment) this.removeJournal();
    await this.#bury();
    if (environment) this.#environment++;
  }

  /** The environment ends: its last requests have these fates. */
  async shutDown(fates: readonly Fate[]): Promise<void> {
    void this.#core.endLife(this.#instance!.pusher!, Date.now() + SHUTDOWN_MS);
    for (const fate of fates) {
      await this.pass(60);
      this.gateway.decide(fate);
    }
    await this.pass(SHUTDOWN_MS);
    // A process that is killed while it writes the totals of a push does not push them.
    if (!this.disk.gone && fates.every((fate) => fate === "applied")) this.checkAll();
    await this.kill(true);
  }

  /** The journal is removed by somebody else. */
  removeJournal(): void {
    fs.rmSync(this.#file, { force: true });
    this.#emptied = true;
  }

  /** Lets time pass while the environment is awake. */
  async pass(ms: number): Promise<void> {
    await this.#clock.pass(ms);
    this.#scrape();
  }

  /** Freezes the environment for that time; silent groups are pruned. */
  freeze(ms: number): void {
    // An aggregator forgets nothing sooner than after a day.
    const stepMs = this.#kind.aggregated ? 3_600_000 : STEP_MS;
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
      this.#clock.freeze(Math.min(leftMs, stepMs));
      this.gateway.prune();
      this.#scrape();
    }
  }

  /** Somebody sets the clock of all machines. */
  setClock(ms: number): void {
    this.#clock.set(ms);
  }

  /** Runs all promise callbacks that are due; buries a process that was killed meanwhile. */
  async settle(): Promise<void> {
    await this.pass(0);
    if (this.alive && this.disk.gone) await this.#bury();
  }

  /** The gateway works for a minute; then one more invocation pushes everything. */
  async heal(): Promise<void> {
    this.disk.mend();
    for (const each of this.running) this.end(each, false);
    this.gateway.heal();
    await this.pass(HEALED_AFTER_MS);
    this.begin("http", 60_000);
    this.end(this.running[0]!, false);
    await this.pass(1_000);
  }

  /** @throws Error if a rule was broken, or if the gateway shows too much */
  check(): void {
    if (this.gateway.overlapped) this.#broken.push("two requests are in flight at once");
    if (this.gateway.deletedTwice) this.#broken.push("an old group is deleted twice");
    if (this.gateway.deletedEarly) this.#broken.push("a group is deleted before it is scraped");
    const excused = this.#excused();
    for (const [series, shown] of this.#reader.sums) {
      const truth = (this.#oracle.truth.get(series) ?? 0) + (excused.get(series) ?? 0);
      if (shown > truth) this.#broken.push(`${series} shows ${shown} instead of ${truth}`);
    }
    if (this.#broken.length > 0) throw new Error(this.#broken.join("\n"));
  }

  /** @throws Error also if something is missing that must not be */
  checkAll(): void {
    // A new series of an aggregator shows zero in its first two scrapes.
    for (let i = 0; i < 3; i++) {
      if (this.#kind.aggregated) this.#clock.freeze(SCRAPE_INTERVAL_MS);
      this.#scrape();
    }
    const excused = this.#excused();
    for (const [series, counted] of this.#oracle.truth) {
      const truth = counted + (excused.get(series) ?? 0);
      const shown = this.#reader.sums.get(series) ?? 0;
      const missing = this.#oracle.missing.get(series) ?? 0;
      if (shown < truth - missing)
        this.#broken.push(`${series} shows ${shown} instead of ${truth}`);
    }
    this.check();
  }

  stop(): void {
    this.#clock.restore();
    this.#restoreRandomness();
    this.disk.restore();
    forgetAll(this.#core);
    fs.rmSync(this.#file, { force: true });
    // An AsyncLocalStorage in use slows down every promise.
    this.#storage.disable();
  }

  /** Something was counted twice or lost, since nobody could decide whether a push was applied. */
  get excused(): boolean {
    return this.#ledger.excused;
  }

  #scrape(): void {
    const { groups, aggregators } = this.gateway;
    if (aggregators) this.#reader.scrapeTotals(aggregators.scrape());
    else this.#reader.scrape(groups);
  }

  /** How much more than the truth aggregators show, and nobody can help it. */
  #excused(): Counts {
    if (!this.#kind.aggregated) return new Map();
    const more = this.#ledger.doubled();
    for (const [series, lost] of this.#ledger.lostCounts)
      more.set(series, (more.get(series) ?? 0) - lost);
    return more;
  }

  #start(): Instance {
    const { keepsApart, freezes, gateways, journal, minFlushIntervalMs } = this.#kind;
    return this.#core.instanceOn(
      {
        name: "model",
        flushMode: ["as told"],
        freezes,
        flushesAtEnd: true,
        env: {},
        job: "model",
        instancePrefix: "model",
        targetInfo: {},
        store: keepsApart ? this.#storage : this.#core.singleSlot(this.#core.invocations.running),
        transport: this.gateway.transport,
        ...(journal && { openJournal: this.#openJournal }),
      },
      { url: ["http://one:9091", "http://two:9091"].slice(0, gateways), minFlushIntervalMs },
    )!;
  }

  #record(amount: number): void {
    const { counter, gauge, histogram } = this.#core;
    counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] }).inc(
      { plan: amount % 2 ? 'o"dd' : "even" },
      amount,
    );
    histogram({ name: "sizes", help: "Sizes.", buckets: [1, 5] }).observe(amount);
    gauge({ name: "backlog", help: "Waiting." }).set(amount);
  }

  #isKept(): boolean {
    return this.#kind.journal && !this.disk.failed && !this.#emptied;
  }

  /** An outcome that is written later would be counted again by the next process. */
  #expectWritten(when: string): void {
    if (this.#isKept() && !this.disk.gone && this.#oracle.unwritten > 0)
      this.#broken.push(`an outcome is not in the journal ${when}`);
  }

  /** The process is gone, with everything it knew. */
  async #bury(): Promise<void> {
    const killed = this.disk.gone;
    this.disk.gone = true;
    this.gateway.disconnect();
    this.#clock.forgetTimers();
    // Promise callbacks that are due still run here, without an effect.
    await turn();
    if (this.#isKept()) this.#oracle.killed(this.running.map(({ progress }) => progress));
    else {
      this.#oracle.lost();
      this.#lives.lost();
    }
    this.#lives.killed(killed);
    this.#clock.forgetTimers();
    forgetAll(this.#core);
    this.running = [];
    this.#instance = undefined;
    this.#emptied = false;
    this.disk.next();
    if (!fs.existsSync(this.#file)) return;
    // A journal marks its owner's process id, and that is this process, which lives on.
    const fd = fs.openSync(this.#file, "r+");
    fs.writeSync(fd, NOT_IN_USE, 0, NOT_IN_USE.length, OWNER_AT);
    fs.closeSync(fd);
  }
}
