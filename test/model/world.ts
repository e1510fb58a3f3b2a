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
import { type Core, forgetAll } from "../../packages/core/test/core.js";
import { fileJournal } from "../../packages/node/src/journal/file-journal.js";
import { OWNER_AT, SLOTS_AT } from "../../packages/node/src/journal/layout.js";
import { sameChance } from "./chance.js";
import { type Clock, fakeClock, turn } from "./clock.js";
import { type Disk, faultyDisk } from "./disk.js";
import { type Fate, FakeGateway, type Push } from "./fake-gateway.js";
import { Lives } from "./lives.js";
import { type Counts, type Doing, Oracle } from "./oracle.js";
import { Reader, readCounters, sequenceIn } from "./reader.js";

/** What an environment is like. */
export interface Kind {
  readonly journal: boolean;
  /** It freezes when nothing waits, as all do but servers. */
  readonly freezes: boolean;
  /** The response waits for the push. */
  readonly before: boolean;
  /** Invocations at once are kept apart. */
  readonly apart: boolean;
  readonly gateways: 1 | 2;
  readonly minFlushIntervalMs: number | "auto";
  /** Its transport does not end what is given up: the answer still comes. */
  readonly deaf: boolean;
}

/** Less than any time after which something is forgotten. */
const STEP_MS = 300_000;
/** What Lambda leaves for a shutdown. */
const SHUTDOWN_MS = 250;
/** After which a closed breaker, and every pause, is over. */
const HEALED_AFTER_MS = 61_000;
const NOT_IN_USE = Buffer.alloc(16);

interface Running {
  readonly observation: Observation;
  readonly doing: Doing;
}

/** Environments one after the other, their gateway, who reads that, and the oracle beside them. */
export class World {
  readonly #core: Core;
  readonly #kind: Kind;
  readonly #openJournal: OpenJournal;
  readonly #directory: string;
  readonly #file: string;
  readonly #storage = new AsyncLocalStorage<Invocation>();
  readonly #clock: Clock = fakeClock();
  readonly #restoreChance = sameChance();
  readonly #oracle = new Oracle();
  readonly #reader = new Reader();
  readonly #lives: Lives;
  readonly disk: Disk;
  readonly gateway: FakeGateway;
  #environment = 1;
  #instance: Instance | undefined;
  running: Running[] = [];
  #begun = 0;
  #emptied = false;
  /** Rules that were broken. */
  readonly #broken: string[] = [];
  /** What pushes show that are not acknowledged. */
  readonly #snapshots = new Map<Push, Counts>();

  /**
   * @param directory for the journal
   * @param change of the journal, which breaks a rule on purpose
   */
  constructor(
    core: Core,
    kind: Kind,
    directory: string,
    change = (openJournal: OpenJournal) => openJournal,
  ) {
    this.#core = core;
    this.#directory = directory;
    this.#file = join(directory, "prefreeze-1-0");
    this.#kind = kind;
    this.#openJournal = change(fileJournal({ directory: this.#directory, environment: "model" }));
    this.#lives = new Lives(kind.gateways, (rule) => this.#broken.push(rule));
    this.disk = faultyDisk(this.#directory, (at) => {
      if (at >= SLOTS_AT) this.#oracle.written();
    });
    this.gateway = new FakeGateway(kind.deaf, {
      departs: (push) => {
        if (this.disk.gone) return false;
        const { method, instance, body } = push;
        if (method !== "PUT") return true;
        this.#lives.departs(instance, this.#environment, sequenceIn(body), readCounters(body));
        push.forgiven = this.#lives.outlives(instance);
        this.#snapshots.set(push, this.#oracle.snapshot());
        return true;
      },
      applied: () => this.#reader.scrape(this.gateway.groups),
      acknowledged: (push) => {
        if (push.method !== "PUT") return;
        this.#lives.acknowledged(push.instance, sequenceIn(push.body));
        this.#oracle.acknowledge(this.#snapshots.get(push)!);
      },
      inDoubt: ({ method, instance }) => {
        if (method === "PUT") this.#lives.inDoubt(instance);
      },
    });
  }

  get alive(): boolean {
    return this.#instance !== undefined;
  }

  /** Where nothing keeps them apart, what is recorded beside an invocation is taken for its own. */
  get canRecordOutside(): boolean {
    return this.alive && (this.#kind.apart || this.running.length === 0);
  }

  begin(trigger: "http" | "timer", timeMs: number): void {
    const instance = (this.#instance ??= this.#start());
    if (this.disk.gone) return;
    const doing: Doing = { trigger, cold: instance.cold, amounts: [], end: undefined };
    const observation = this.#core.beginObservation(instance, () => ({
      key: doing,
      id: String(++this.#begun),
      trigger: trigger satisfies Trigger,
      deadlineMs: Date.now() + timeMs,
      keepAlive: (flush) => (this.#kind.before ? flush() : void flush(true)),
    }))!;
    // Killed before its mark was written, it never began.
    if (!this.disk.gone || this.disk.whole) this.running.push({ observation, doing });
  }

  record({ observation, doing }: Running, amount: number): void {
    const apart = this.#kind.apart || this.running.length === 1;
    if (apart && !doing.end) doing.amounts.push(amount);
    else this.#oracle.record(amount);
    observation.run(() => this.#record(amount));
  }

  recordOutside(amount: number): void {
    this.#oracle.record(amount);
    this.#record(amount);
  }

  timeOut({ observation, doing }: Running): void {
    this.#oracle.decide(doing, "timedOut");
    observation.timedOut();
    this.#expectWritten("when its time is up");
  }

  end(one: Running, failed: boolean): void {
    const { observation, doing } = one;
    this.running = this.running.filter((each) => each !== one);
    if (!doing.end) this.#oracle.decide(doing, failed ? "failed" : "succeeded");
    if (failed) void observation.threw(new RangeError("mine"));
    else void observation.returned("done");
    this.#expectWritten("when the response is handed over");
  }

  /** The process is gone, and its exit was seen: it has a last word. */
  async crash(): Promise<void> {
    if (this.#isKept())
      for (const { doing } of this.running) if (!doing.end) this.#oracle.decide(doing, "crash");
    this.#core.failRunning(this.#instance!, "crash");
    this.#expectWritten("when the process ends");
    await this.#bury();
  }

  /** The process is gone without a word, and perhaps its environment. */
  async kill(environment = false): Promise<void> {
    if (environment) this.emptyFolder();
    await this.#bury();
    if (environment) this.#environment++;
  }

  /** The environment ends: its last pushes have these fates. */
  async shutDown(fates: readonly Fate[]): Promise<void> {
    void this.#core.endLife(this.#instance!.pusher!, Date.now() + SHUTDOWN_MS);
    for (const fate of fates) {
      await this.pass(60);
      this.gateway.decide(fate);
    }
    await this.pass(SHUTDOWN_MS);
    // One that is killed while it writes what it is to push, pushes nothing.
    if (!this.disk.gone && fates.every((fate) => fate === "applied")) this.checkAll();
    await this.kill(true);
  }

  /** Somebody removes what is in the folder. */
  emptyFolder(): void {
    fs.rmSync(this.#file, { force: true });
    this.#emptied = true;
  }

  /** The environment is awake for so long. */
  async pass(ms: number): Promise<void> {
    await this.#clock.pass(ms);
    this.#reader.scrape(this.gateway.groups);
  }

  /** It is frozen for so long, and wakes; groups that are silent are pruned. */
  freeze(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
      this.#clock.freeze(Math.min(leftMs, STEP_MS));
      this.gateway.prune();
      this.#reader.scrape(this.gateway.groups);
    }
  }

  /** What is promised is done; a process that was killed meanwhile is gone. */
  async settle(): Promise<void> {
    await this.pass(0);
    if (this.alive && this.disk.gone) await this.#bury();
  }

  /** The gateway is well for a minute; then one invocation brings all. */
  async heal(): Promise<void> {
    this.disk.mend();
    for (const each of this.running) this.end(each, false);
    this.gateway.heal();
    await this.pass(HEALED_AFTER_MS);
    this.begin("http", 60_000);
    this.end(this.running[0]!, false);
    await this.pass(1_000);
  }

  /** @throws Error where a rule is broken, or something is too much */
  check(): void {
    if (this.gateway.overlapped) this.#broken.push("two pushes are on their way at once");
    if (this.gateway.deletedEarly) this.#broken.push("a group is deleted before it is scraped");
    for (const [series, shown] of this.#reader.sums) {
      const truth = this.#oracle.truth.get(series) ?? 0;
      if (shown > truth) this.#broken.push(`${series} shows ${shown}, and is ${truth}`);
    }
    if (this.#broken.length > 0) throw new Error(this.#broken.join("\n"));
  }

  /** @throws Error also where something is missing that may not be */
  checkAll(): void {
    for (const [series, truth] of this.#oracle.truth) {
      const shown = this.#reader.sums.get(series) ?? 0;
      const missing = this.#oracle.missing.get(series) ?? 0;
      if (shown < truth - missing) this.#broken.push(`${series} shows ${shown}, and is ${truth}`);
    }
    this.check();
  }

  stop(): void {
    this.#clock.restore();
    this.#restoreChance();
    this.disk.restore();
    forgetAll(this.#core);
    fs.rmSync(this.#file, { force: true });
    // As long as there is one in use, every promise costs.
    this.#storage.disable();
  }

  #start(): Instance {
    const { apart, freezes, gateways, journal, minFlushIntervalMs } = this.#kind;
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
        store: apart ? this.#storage : this.#core.singleSlot(this.#core.invocations.running),
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

  /** What is written later, the next process would count again. */
  #expectWritten(when: string): void {
    if (this.#isKept() && !this.disk.gone && this.#oracle.unwritten > 0)
      this.#broken.push(`an outcome is not in the journal ${when}`);
  }

  /** What the process knew is gone. */
  async #bury(): Promise<void> {
    const killed = this.disk.gone;
    this.disk.gone = true;
    this.gateway.disconnect();
    this.#clock.forgetTimers();
    // What was promised already still runs here, without an effect.
    await turn();
    if (this.#isKept()) this.#oracle.killed(this.running.map(({ doing }) => doing));
    else {
      this.#oracle.lost();
      this.#lives.lost();
    }
    if (killed) this.#lives.unsure();
    this.#clock.forgetTimers();
    forgetAll(this.#core);
    this.running = [];
    this.#instance = undefined;
    this.#emptied = false;
    this.disk.next();
    if (!fs.existsSync(this.#file)) return;
    // A journal tells by its id whether its process lives, and here that is this one.
    const fd = fs.openSync(this.#file, "r+");
    fs.writeSync(fd, NOT_IN_USE, 0, NOT_IN_USE.length, OWNER_AT);
    fs.closeSync(fd);
  }
}
