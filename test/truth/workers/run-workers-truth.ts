import { setTimeout as sleep } from "node:timers/promises";
import { versionOf } from "../../pushgateway/programs.mjs";
import { quantilesOf } from "../added-ms.js";
import { type FaultyGateway, startFaultyGateway } from "../faulty-gateway.js";
import { startGatewayReceiver } from "../gateway-receiver.js";
import { createLedger, type Ledger } from "../ledger.js";
import { eventOf } from "../plan.js";
import { type Random, randomOf } from "../random.js";
import type { Compared } from "../readings.js";
import { reportOf, type TruthReport } from "../report.js";
import { calmDown } from "../settle.js";
import { prometheusProgram } from "../start-receiver.js";
import { startFront } from "../through/front.js";
import { observeGateway } from "../through/observe.js";
import { startWatch } from "../through/watch.js";
import { FAULTS_OF, RESTART, type WorkersThrough } from "./faults.js";
import { COMMON_BOUNDS, truthOf } from "./fates.js";
import { type Response, startWorkerFleet, type WorkerFleet } from "./fleet.js";
import type { Way, WorkerOrder } from "./function/order.js";
import { planOf, type WorkersPhase } from "./plan.js";

export interface WorkersTruthOptions {
  readonly invocations: number;
  readonly seed: number;
  /** Names of faults. */
  readonly faults: ReadonlySet<string>;
  readonly through: WorkersThrough;
  /** The number of Workers, which are isolates. Default: 12. */
  readonly isolates?: number;
  /** Default: 2. */
  readonly processes?: number;
  /** The time from the end of all faults until everything must be shown, in milliseconds. Default: 90,000. */
  readonly settleWithinMs?: number;
  /** Between the last push and what is read of Prometheus, in milliseconds, at least 3,000. Default: 3,000. */
  readonly tailMs?: number;
  readonly progress?: (line: string) => void;
}

const WAYS: readonly Way[] = ["fetch", "scheduled", "queue", "email"];
const SETTLE_WITHIN_MS = 90_000;
/** Shorter than the default, so that a run with a silent gateway takes less time. */
const FLUSH_TIMEOUT_MS = 500;
/** Longer than requests wait to share a push. */
const PUSHED_WITHIN_MS = 3_000;
const POLL_MS = 50;

const COMPARED: Compared = {
  series: {
    faas_invocations_total: ["faas_trigger"],
    faas_errors_total: ["faas_trigger", "error_type"],
    faas_timeouts_total: ["faas_trigger"],
    // Of calls at once, nobody outside can tell which was the first.
    faas_coldstarts_total: [],
    faas_invoke_duration_seconds_count: ["faas_trigger"],
    orders_total: ["plan"],
    order_size_count: [],
    order_size_sum: [],
    order_size_bucket: ["le"],
  },
  bounds: COMMON_BOUNDS,
  environmentOf: ({ job }) => job!,
};

/** Calls Workers in workerd in every way, with faults that depend on the seed, and compares what a real gateway shows. */
export async function runWorkersTruth(options: WorkersTruthOptions): Promise<TruthReport> {
  const { seed, through, isolates = 12, processes = 2, progress = () => undefined } = options;
  const { settleWithinMs = SETTLE_WITHIN_MS, tailMs = 0 } = options;
  const random = randomOf(seed, "what is planned");
  const gatewayFaults = FAULTS_OF[through];
  const plan = planOf({ ...options, processes, ways: WAYS, gatewayFaults }, random);
  const receiver = await startGatewayReceiver({ compared: COMPARED });
  const scraped = await startFront(receiver.url);
  const prometheus = await prometheusProgram();
  const watch = await startWatch({ program: prometheus, target: scraped.url, flags: [] });
  const gateway = await startFaultyGateway(receiver, randomOf(seed, "what becomes of pushes"));
  const fleets: WorkerFleet[] = [];
  try {
    for (let process = 0; process < processes; process++)
      fleets.push(await startFleet(process, isolates / processes, gateway.url));
    const ledger = createLedger<WorkerOrder, Response>(
      async (orders) =>
        truthOf(
          orders,
          fleets.flatMap((fleet) => fleet.notes()),
        ),
      gateway,
    );
    const stage: WorkersStage = { gateway, fleets, ledger, progress };
    await drive(plan, stage, randomOf(seed, "what calms"));
    await calm(stage, randomOf(seed, "what brings the rest"), settleWithinMs);
    const verdict = await ledger.verdict();
    const observation = await observeGateway(receiver, watch, verdict.differences, {
      tailMs,
      version: await versionOf(prometheus),
    });
    return await reportOf(stage, {
      seed,
      verdict,
      observation,
      changes: await changesIn(ledger.responses),
      addedMs: { all: quantilesOf(ledger.responses.map(({ tookMs }) => tookMs)) },
    });
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    await gateway.stop();
    await watch.stop();
    await scraped.stop();
    await receiver.stop();
  }
}

interface WorkersStage {
  readonly gateway: FaultyGateway;
  readonly fleets: readonly WorkerFleet[];
  readonly ledger: Ledger<WorkerOrder, Response>;
  progress(line: string): void;
}

async function startFleet(process: number, isolates: number, url: string): Promise<WorkerFleet> {
  return await startWorkerFleet(
    Array.from({ length: isolates }, (_, index) => ({
      name: `shop-${process}-${index}`,
      // Two versions are deployed at once.
      entry: index % 2 === 0 ? "measured" : "measured-next",
      bindings: {
        PUSHGATEWAY_URL: url,
        PREFREEZE_JOB: `shop-${process}-${Math.floor(index / 2)}`,
        PREFREEZE_FLUSH_TIMEOUT_MS: `${FLUSH_TIMEOUT_MS}`,
      },
    })),
  );
}

async function drive(
  plan: readonly WorkersPhase[],
  stage: WorkersStage,
  random: Random,
): Promise<void> {
  const { gateway, fleets, ledger, progress } = stage;
  for (const [index, { fault, faultEndsAfterMs, orders, restarted }] of plan.entries()) {
    await gateway.set(fault);
    const faultEnds =
      faultEndsAfterMs === undefined
        ? undefined
        : sleep(faultEndsAfterMs).then(() => gateway.set(undefined));
    await Promise.all(fleets.map((fleet, of) => ledger.invoke(fleet, orders[of]!)));
    await faultEnds;
    progress(`${index + 1} of ${plan.length}${fault ? `: ${fault}` : ""}`);
    if (restarted === undefined) continue;
    await calm(stage, random, SETTLE_WITHIN_MS);
    await fleets[restarted]!.restart();
    ledger.destroyed(`${restarted}`, RESTART, undefined, false);
  }
}

/** Ends all faults, and calls every isolate until everything is shown, or until the time is over. */
async function calm(stage: WorkersStage, random: Random, withinMs: number): Promise<void> {
  const { fleets, ledger } = stage;
  const callAll = async () => {
    for (const fleet of fleets)
      await ledger.invoke(
        fleet,
        fleet.names.map((): WorkerOrder => {
          const { id, plan, amount } = eventOf(ledger.nextId(), random);
          return { id, plan, amount, runMs: 0, way: "fetch" };
        }),
      );
    const untilMs = performance.now() + PUSHED_WITHIN_MS;
    while (performance.now() < untilMs) {
      if ((await ledger.verdict()).differences.length === 0) return;
      await sleep(POLL_MS);
    }
  };
  await calmDown(stage, callAll, withinMs);
}

/** Calls Workers without metrics in the same way, and compares their answers. */
async function changesIn(responses: readonly Response[]): Promise<readonly string[]> {
  const bare = await startWorkerFleet([
    { name: "bare", entry: "bare", bindings: { PREFREEZE_JOB: "bare" } },
  ]);
  try {
    const answers = await bare.invoke(responses.map(({ event }) => event));
    const byId = new Map(answers.map(({ event, answer }) => [event.id, answer]));
    return responses.flatMap(({ event, answer }) => {
      const due = byId.get(event.id);
      return answer === due ? [] : [`${JSON.stringify(event)}: ${answer} instead of ${due}`];
    });
  } finally {
    await bare.stop();
  }
}
