import { versionOf } from "../../pushgateway/programs.mjs";
import { quantilesOf } from "../added-ms.js";
import { startFaultyGateway } from "../faulty-gateway.js";
import { createLedger } from "../ledger.js";
import { randomOf } from "../random.js";
import type { Compared } from "../readings.js";
import { reportOf, type TruthReport } from "../report.js";
import { prometheusProgram } from "../start-receiver.js";
import { startFront } from "../through/front.js";
import { observeGateway } from "../through/observe.js";
import { startWatch } from "../through/watch.js";
import { calm, drive } from "./drive.js";
import { FAULTS_OF, type WorkersThrough } from "./faults.js";
import { COMMON_BOUNDS, truthOf } from "./fates.js";
import { type Response, startWorkerFleet, type WorkerFleet, type WorkerSpec } from "./fleet.js";
import type { RpcFate } from "./function/faulty-rpc.js";
import type { Way, WorkerOrder } from "./function/order.js";
import { startObjectReceiver } from "./object-receiver.js";
import { planOf } from "./plan.js";
import type { WorkersStage } from "./stage.js";

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

const WAYS: readonly Way[] = [
  "fetch",
  "scheduled",
  "queue",
  "email",
  "rpc",
  "object-fetch",
  "object-rpc",
  "alarm",
  "workflow",
];
const SETTLE_WITHIN_MS = 90_000;
/** Shorter than the default, so that a run with a silent gateway takes less time. */
const FLUSH_TIMEOUT_MS = "500";
const OBJECT_SETTINGS = {
  PREFREEZE_PUSH_INTERVAL_MS: "1000",
  PREFREEZE_SCRAPE_INTERVAL_MS: "1000",
};

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
    faas_batch_item_failures_total: [],
    faas_canceled_total: ["faas_trigger"],
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
  const receiver = await startObjectReceiver(
    COMPARED,
    randomOf(seed, "what becomes of aggregator objects"),
  );
  const scraped = await startFront(receiver.url);
  const prometheus = await prometheusProgram();
  const watch = await startWatch({ program: prometheus, target: scraped.url, flags: [] });
  const gateway = await startFaultyGateway(receiver, randomOf(seed, "what becomes of pushes"));
  const fleets: WorkerFleet[] = [];
  try {
    for (let process = 0; process < processes; process++)
      fleets.push(
        await startFleet(process, isolates / processes, {
          through,
          url: gateway.url,
          rpcFate: receiver.rpcFate,
        }),
      );
    if (through === "aggregator") receiver.strike(fleets);
    const ledger = createLedger<WorkerOrder, Response>(
      async (orders) =>
        truthOf(
          orders,
          fleets.flatMap((fleet) => fleet.notes()),
        ),
      gateway,
    );
    const stage: WorkersStage = { through, gateway, fleets, ledger, progress };
    await drive(plan, stage, randomOf(seed, "what calms"));
    await calm(stage, randomOf(seed, "what brings the rest"), settleWithinMs);
    const verdict = await ledger.verdict();
    const observation = await observeGateway(receiver, watch, verdict.differences, {
      tailMs,
      closed: await receiver.closed(),
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

/** Isolates in a process. Two of them, of two versions, share a job. */
async function startFleet(
  process: number,
  isolates: number,
  { through, url, rpcFate }: { through: WorkersThrough; url: string; rpcFate: () => RpcFate },
): Promise<WorkerFleet> {
  const own = process % 2 === 1;
  const aggregator: WorkerSpec["aggregator"] = own ? "its own" : { of: nameOf(process, 0) };
  const specs = Array.from({ length: isolates }, (_, index): WorkerSpec => {
    const job = `shop-${process}-${Math.floor(index / 2)}`;
    return {
      name: nameOf(process, index),
      // Two versions are deployed at once.
      entry: index % 2 === 0 ? "measured" : "measured-next",
      // A job that was cut off in an outage is not used any more, so that what it lost can be told.
      bindings: (life) => ({
        PUSHGATEWAY_URL: url,
        PREFREEZE_JOB: life === 0 ? job : `${job}-${life}`,
        ...(through === "aggregator"
          ? { ...OBJECT_SETTINGS, ...(own && { PREFREEZE_SHARDS: "2" }) }
          : { PREFREEZE_FLUSH_TIMEOUT_MS: FLUSH_TIMEOUT_MS }),
      }),
      ...(through === "aggregator" && { aggregator }),
    };
  });
  return await startWorkerFleet(specs, rpcFate);
}

const nameOf = (process: number, index: number) => `shop-${process}-${index}`;

/** Calls Workers without metrics in the same way, and compares their answers. */
async function changesIn(responses: readonly Response[]): Promise<readonly string[]> {
  const bare = await startWorkerFleet([
    { name: "bare", entry: "bare", bindings: () => ({ PREFREEZE_JOB: "bare" }) },
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
