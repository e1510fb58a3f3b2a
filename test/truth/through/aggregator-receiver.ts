import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type RealGateway, startRealGateway } from "../../pushgateway/real.js";
import { type AggregatorFault, isObjectFault } from "../faults.js";
import type { Readings } from "../oracle.js";
import type { Random } from "../random.js";
import { type Compared, isCompared } from "../readings.js";
import type { Receiver } from "../receiver.js";
import { type AggregatorProcess, startAggregatorProcess } from "./aggregator-process.js";
import { startFront } from "./front.js";
import { type ByEnvironment, createPushed, type Pushed } from "./pushed.js";
import { addTo, type Values } from "./series.js";
import { readSnapshot } from "./snapshot.js";
import { startWatch, type Watch } from "./watch.js";

/** Real aggregators before a real gateway, which a real Prometheus scrapes. */
export interface AggregatorReceiver extends Receiver {
  readonly pushed: Pushed;
  readonly watch: Watch;
  /** What the aggregators must have counted, if they count right. */
  expected(): Values;
  /** What Prometheus' `sum(x)` has grown by since the run began, over all states of the aggregators. */
  shown(): Promise<Values>;
  /** Waits until Prometheus shows what is expected, or until the time is over. */
  untilShown(): Promise<void>;
}

export interface AggregatorReceiverOptions {
  /** The programs to start. */
  readonly gateway?: string | undefined;
  readonly prometheus: string;
  /** Starts a second aggregator, and names both. */
  readonly spread: boolean;
  /** How long Prometheus is down, in milliseconds. */
  readonly downMs: number;
  readonly random: Random;
  /** Which series are read for each environment. Default: those of a run on Lambda. */
  readonly compared?: Compared | undefined;
}

interface Aggregator {
  readonly name: string;
  readonly process: AggregatorProcess;
  /** How often it has lost its state. */
  losses: number;
}

/** Pushes, two scrapes as zero, and the scrape of the value, on a busy machine. */
const SHOWN_WITHIN_MS = 20_000;
const POLL_MS = 200;
/** Longer than the zero of a new series is shown. */
const SCRAPE_HANGS_MS = 4_000;
const GATEWAY_DOWN_MS = 500;

export async function startAggregatorReceiver(
  options: AggregatorReceiverOptions,
): Promise<AggregatorReceiver> {
  const { random, spread, downMs } = options;
  const folder = await mkdtemp(join(tmpdir(), "truth-aggregator-"));
  // As shipped behind an aggregator: without a persistence file.
  const startGateway = () =>
    startRealGateway({
      flags: ["--log.level=warn"],
      ...(options.gateway !== undefined && { program: options.gateway }),
    });
  let gateway: RealGateway | undefined = await startGateway();
  const upstream = await startFront(() => gateway?.url);
  const scraped = await startFront(() => gateway?.url);
  const aggregators: Aggregator[] = [];
  for (const name of spread ? ["a", "b"] : [""]) {
    const process = await startAggregatorProcess({
      state: join(folder, `state-${name}`),
      pushgateway: upstream.url,
      name: name === "" ? undefined : name,
    });
    aggregators.push({ name, process, losses: 0 });
  }
  const watch = await startWatch({
    program: options.prometheus,
    target: scraped.url,
    flags: [],
  });
  const [first] = aggregators as [Aggregator];
  const pushed = createPushed();
  /** What was shown of states that are lost. */
  const closed = new Map<string, number>();
  let spreading = false;
  let inDoubt = false;
  let working: Promise<unknown> | undefined;

  const stateOf = ({ name, losses }: Aggregator) => `${name} ${losses}`;

  function expected(): Values {
    const total = new Map<string, number>();
    for (const values of pushed.counted().values()) addTo(total, values);
    return total;
  }

  /** What was counted, without what was counted twice because nobody could decide. */
  function decided(): ByEnvironment {
    const byEnvironment = new Map<string, Map<string, number>>();
    const undecided = pushed.undecided();
    for (const [environment, values] of pushed.counted()) {
      const once = new Map(values);
      addTo(once, undecided.get(environment) ?? new Map(), -1);
      byEnvironment.set(environment, once);
    }
    return byEnvironment;
  }

  async function shown(): Promise<Values> {
    const total = new Map(closed);
    for (const values of (await watch.sums()).values()) addTo(total, values);
    return total;
  }

  async function untilShown(): Promise<void> {
    const untilMs = performance.now() + SHOWN_WITHIN_MS;
    while (performance.now() < untilMs) {
      const due = expected();
      const now = await shown();
      if ([...due].every(([series, value]) => (now.get(series) ?? 0) >= value)) return;
      await sleep(POLL_MS);
    }
  }

  const faults: Readonly<Record<AggregatorFault, () => Promise<void>>> = {
    async "aggregator-restart"() {
      const restart = async () => {
        await sleep(random.between(20, 300));
        await first.process.kill();
        await first.process.start();
      };
      working = restart();
    },
    async "aggregator-state-lost"() {
      await untilShown();
      // What was shown until now counts; the next state begins at zero.
      addTo(closed, (await watch.sums()).get(first.name) ?? new Map());
      await first.process.kill();
      await first.process.loseState();
      first.losses++;
      await first.process.start();
    },
    async "aggregator-spread"() {
      spreading = true;
    },
    async "aggregator-in-doubt"() {
      inDoubt = true;
      spreading = true;
    },
    async "gateway-killed"() {
      const restart = async () => {
        await sleep(random.between(0, 300));
        const killed = gateway!;
        gateway = undefined;
        process.kill(killed.processId, "SIGKILL");
        await killed.stop();
        await sleep(GATEWAY_DOWN_MS);
        gateway = await startGateway();
      };
      working = restart();
    },
    async "scrape-hangs"() {
      await untilShown();
      scraped.hang(true);
      working = sleep(SCRAPE_HANGS_MS).then(() => scraped.hang(false));
    },
    async "prometheus-down"() {
      await untilShown();
      watch.goDown(downMs);
    },
  };

  return {
    pushed,
    watch,
    expected,
    shown,
    untilShown,
    async apply({ method, path, headers, body }) {
      const to = spreading ? random.oneOf(aggregators) : first;
      const { url } = to.process;
      if (url === undefined) throw new Error("the aggregator is down");
      const at = stateOf(to);
      const snapshot = readSnapshot(method, path, headers["content-encoding"], body);
      const answered = fetch(url + path, { method, headers, ...(method !== "GET" && { body }) });
      try {
        const { status } = await answered;
        if (snapshot && status === 410) pushed.answered(snapshot, at, "unknown life");
        if (snapshot && status < 300) pushed.answered(snapshot, at, "applied");
        return status;
      } catch (error) {
        if (snapshot) pushed.answered(snapshot, at, "lost");
        throw error;
      }
    },
    async begin(fault) {
      await watch.settled();
      if (fault !== "gateway-restart" && !isObjectFault(fault)) await faults[fault]();
    },
    async end(fault) {
      if (fault === "aggregator-spread" || fault === "aggregator-in-doubt") spreading = false;
    },
    struck() {
      return inDoubt ? { "aggregator-in-doubt": pushed.undecidedLives() } : {};
    },
    async settled() {
      await working;
      working = undefined;
    },
    async readings(): Promise<Readings> {
      const readings = new Map<string, Values>();
      for (const [environment, values] of decided()) {
        const compared = [...values].filter(
          ([series, value]) => isCompared(series, options.compared) && value !== 0,
        );
        readings.set(environment, new Map(compared));
      }
      return readings;
    },
    async values() {
      const total = new Map<string, number>();
      for (const values of decided().values()) addTo(total, values);
      return total;
    },
    async stop() {
      await working;
      await watch.stop();
      for (const { process } of aggregators) await process.stop();
      for (const front of [upstream, scraped]) await front.stop();
      await gateway?.stop();
      await rm(folder, { recursive: true });
    },
  };
}
