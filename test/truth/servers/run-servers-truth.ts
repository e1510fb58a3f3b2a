import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithThisProcess } from "@prefreeze/lambda-emulator/end-with-this-process";
import { quantilesOf } from "../added-ms.js";
import { startFaultyGateway } from "../faulty-gateway.js";
import { OUTCOMES } from "../judge.js";
import { createLedger } from "../ledger.js";
import { randomOf } from "../random.js";
import type { Readings } from "../oracle.js";
import { reportOf, type TruthReport } from "../report.js";
import { FLUSH_TIMEOUT_MS, FLUSH_TIMEOUT_WITH_AGGREGATORS_MS } from "../run-truth.js";
import { startReceiver } from "../start-receiver.js";
import { calm, drive } from "./drive.js";
import type { ServersThrough } from "./faults.js";
import { type FleetOptions, type Response, type ServerFleet, startServerFleet } from "./fleet.js";
import type { WebNote, WebOrder } from "./order.js";
import type { ServersPlatform } from "./platform.js";
import { planOf } from "./plan.js";
import type { ServersStage } from "./stage.js";

export interface ServersTruthOptions {
  readonly invocations: number;
  readonly seed: number;
  /** Names of faults. */
  readonly faults: ReadonlySet<string>;
  readonly through: ServersThrough;
  /** The processes of each shape, at least 2. Default: 2. */
  readonly processes?: number;
  /** The time from the end of all faults until everything must be shown, in milliseconds. Default: 90,000. */
  readonly settleWithinMs?: number;
  /** Between the last push and what is read of Prometheus, in milliseconds. Default: 3,000. */
  readonly tailMs?: number;
  readonly progress?: (line: string) => void;
}

const SETTLE_WITHIN_MS = 90_000;
const TAIL_MS = 3_000;
const PROMETHEUS_DOWN_MS = 5_000;

/**
 * Sends requests to server processes behind balancers, with faults that depend on the seed, and compares what a real
 * gateway and a real Prometheus show with what the servers have noted.
 */
export async function runServersTruth(
  platform: ServersPlatform,
  options: ServersTruthOptions,
): Promise<TruthReport> {
  const { seed, through, processes = 2, progress = () => undefined } = options;
  const { settleWithinMs = SETTLE_WITHIN_MS, tailMs = TAIL_MS } = options;
  const { shapes } = platform;
  const plan = planOf({ ...options, shapes }, randomOf(seed, "what is planned"));
  const folder = await mkdtemp(join(tmpdir(), "truth-servers-"));
  const release = endWithThisProcess(() => rmSync(folder, { recursive: true, force: true }));
  const { receiver, observe, stopWatching } = await startReceiver({
    ...options,
    tailMs,
    prometheusDownMs: PROMETHEUS_DOWN_MS,
    compared: platform.compared(through),
  });
  const gateway = await startFaultyGateway(receiver, randomOf(seed, "what becomes of pushes"));
  const fleets: ServerFleet[] = [];
  try {
    const start = await platform.prepare(folder);
    const env = {
      PUSHGATEWAY_URL: gateway.url,
      PREFREEZE_FLUSH_TIMEOUT_MS: `${through === "aggregator" ? FLUSH_TIMEOUT_WITH_AGGREGATORS_MS : FLUSH_TIMEOUT_MS}`,
      ...platform.env,
    };
    const common = { folder, start, env };
    await Promise.all(
      Object.keys(shapes).map(async (shape) =>
        fleets.push(await startServerFleet({ ...common, shape, processes })),
      ),
    );
    const notesOf = async () => (await Promise.all(fleets.map((fleet) => fleet.notes()))).flat();
    const ledger = createLedger<WebOrder, Response>(
      async (orders) => platform.truthOf(orders, await notesOf(), through),
      gateway,
    );
    const killed = new Map<string, number>();
    const stage: ServersStage = { gateway, fleets, ledger, killed, progress };
    await drive(plan, stage, randomOf(seed, "what calms"));
    await calm(stage, randomOf(seed, "what brings the rest"), settleWithinMs);
    const shownAtLast = await ledger.shown();
    const late = await Promise.all(fleets.map((fleet) => fleet.end()));
    for (const environment of late.flat())
      ledger.destroyed(environment, "sigterm", shownAtLast, true);
    const verdict = await ledger.verdict();
    return await reportOf(stage, {
      seed,
      verdict,
      observation: await observe?.(verdict.differences),
      changes: await changesIn(ledger.responses, Object.keys(shapes), common),
      addedMs: Object.fromEntries(
        fleets.map(({ shape }) => [
          shape,
          quantilesOf(
            ledger.responses.filter(({ of }) => of === shape).map(({ tookMs }) => tookMs),
          ),
        ]),
      ),
      ...(killed.size > 0 && {
        notPushedForMs: notPushedForMs(killed, await notesOf(), await ledger.shown()),
      }),
      countsOf: (shown) => platform.countsOf(shown),
    });
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    await gateway.stop();
    await stopWatching?.();
    await receiver.stop();
    release();
    await rm(folder, { recursive: true });
  }
}

/** How long the oldest request that a killed process had not pushed was over, in milliseconds. */
function notPushedForMs(
  killed: ReadonlyMap<string, number>,
  notes: readonly WebNote[],
  shown: Readings,
): number {
  const oldest = [...killed].map(([environment, killedAtMs]) => {
    const ends = notes
      .filter((note) => note.at === "end" && note.environment === environment)
      .map(({ atMs }) => atMs)
      .sort((a, b) => a - b);
    const pushed = [...(shown.get(environment) ?? [])]
      .filter(([series]) => OUTCOMES.test(series))
      .reduce((sum, [, count]) => sum + count, 0);
    return killedAtMs - (ends[pushed] ?? killedAtMs);
  });
  return Math.max(0, ...oldest);
}

/** Sends each kind of order once to servers without metrics, and compares the answers. */
async function changesIn(
  responses: readonly Response[],
  shapes: readonly string[],
  common: Pick<FleetOptions, "folder" | "start" | "env">,
): Promise<readonly string[]> {
  const changes = shapes.map(async (shape) => {
    const own = responses.filter(({ of }) => of === shape);
    const kinds = new Map(own.map(({ event }) => [event.kind, event]));
    const bare = await startServerFleet({ ...common, shape, processes: 1, bare: true });
    try {
      const answers = await bare.invoke([...kinds.values()]);
      const byKind = new Map(answers.map((each) => [each.event.kind, comparable(each)]));
      return own.flatMap((response) => {
        const due = byKind.get(response.event.kind);
        const answer = comparable(response);
        return answer === due || response.killed
          ? []
          : [`${JSON.stringify(response.event)}: ${answer} instead of ${due}`];
      });
    } finally {
      await bare.stop();
    }
  });
  return (await Promise.all(changes)).flat();
}

/** An answer without what its order differs in from others of its kind. */
function comparable({ event: { id, plan, amount }, answer }: Response): string {
  const text = JSON.stringify({ id, plan, amount });
  return answer
    .replace(JSON.stringify(text).slice(1, -1), "ORDER")
    .replace(`content-length: ${Buffer.byteLength(text)}`, "content-length: OF ORDER");
}
