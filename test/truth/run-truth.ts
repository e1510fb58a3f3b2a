import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithThisProcess } from "@prefreeze/lambda-emulator/end-with-this-process";
import { addedMsOf } from "./added-ms.js";
import { askBare } from "./bare-answers.js";
import { drive } from "./drive.js";
import { truthOf } from "./fates.js";
import { startFaultyGateway } from "./faulty-gateway.js";
import { type ReceiverOptions, startReceiver } from "./start-receiver.js";
import { type Fleet, type FunctionName, type Response, startFleet } from "./fleet.js";
import type { OrderEvent } from "./function/order.js";
import { createLedger } from "./ledger.js";
import { planOf } from "./plan.js";
import { randomOf } from "./random.js";
import { reportOf, type TruthReport } from "./report.js";
import { settle } from "./settle.js";
import type { Stage } from "./stage.js";

export interface TruthOptions extends ReceiverOptions {
  /** At least one for each function. */
  readonly environments: number;
  readonly invocations: number;
  /** The invocations and environments are spread over them evenly. */
  readonly functions: readonly FunctionName[];
  /** Uses the native part of AWS's runtime client, and compiles it if it is missing. Default: a stand-in. */
  readonly nativeClient?: boolean;
  /**
   * The time from the end of all faults until everything must be shown, in milliseconds. Default: longer than
   * the breaker's longest pause.
   */
  readonly settleWithinMs?: number;
  readonly progress?: (line: string) => void;
}

/** A flusher whose gateway was down tries again after a minute at the latest. */
const SETTLE_WITHIN_MS = 90_000;

/** Shorter than the default, so that a run with a silent gateway takes less time. */
export const FLUSH_TIMEOUT_MS = 500;
/**
 * A renewed life pushes in what is left of the same flush. If a busy machine makes that late, it is in doubt, and while
 * two aggregators take turns, nobody can decide it.
 */
export const FLUSH_TIMEOUT_WITH_AGGREGATORS_MS = 1_500;

/**
 * Drives emulated environments against a real gateway, with faults that depend on the seed, and compares what the
 * gateway shows with what the functions have noted.
 */
export async function runTruth(options: TruthOptions): Promise<TruthReport> {
  const { environments, functions, seed, progress = () => undefined } = options;
  const { nativeClient = false, settleWithinMs = SETTLE_WITHIN_MS, through } = options;
  const plan = planOf(
    { ...options, functions: functions.length, churn: through !== undefined },
    randomOf(seed, "what is planned"),
  );
  const kinds = new Set(plan.flatMap(({ events }) => events.flat()).map(({ kind }) => kind));
  const folder = await mkdtemp(join(tmpdir(), "truth-"));
  const release = endWithThisProcess(() => rmSync(folder, { recursive: true, force: true }));
  const { receiver, observe, stopWatching } = await startReceiver(options);
  const gateway = await startFaultyGateway(receiver, randomOf(seed, "what becomes of pushes"));
  const fleets: Fleet[] = [];
  try {
    const env = {
      PUSHGATEWAY_URL: gateway.url,
      PREFREEZE_FLUSH_TIMEOUT_MS: String(
        through === "aggregator" ? FLUSH_TIMEOUT_WITH_AGGREGATORS_MS : FLUSH_TIMEOUT_MS,
      ),
      ...(through === "protobuf" && { PUSH_FORMAT: "protobuf" }),
    };
    for (const [index, name] of functions.entries()) {
      const count = Math.ceil((environments - index) / functions.length);
      fleets.push(await startFleet({ name, environments: count, folder, nativeClient, env }));
    }
    const ledger = createLedger<OrderEvent, Response>(async (events) => {
      const notes = await Promise.all(fleets.map((fleet) => fleet.notes()));
      return truthOf(events, notes.flat());
    }, gateway);
    const stage: Stage = { gateway, fleets, ledger, progress };
    const [bare] = await Promise.all([
      askBare(kinds.add(undefined), { folder, nativeClient }),
      drive(plan, stage, randomOf(seed, "what calms")).then(() =>
        settle(stage, randomOf(seed, "what brings the rest"), settleWithinMs),
      ),
    ]);
    const verdict = await ledger.verdict();
    return await reportOf(stage, {
      seed,
      verdict,
      observation: await observe?.(verdict.differences),
      changes: ledger.responses.flatMap((response) => bare.changeIn(response) ?? []),
      addedMs: addedMsOf(ledger.responses),
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
