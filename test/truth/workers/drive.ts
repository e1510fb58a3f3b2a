import { setTimeout as sleep } from "node:timers/promises";
import { GATEWAY_FAULTS, isReceiverFault } from "../faults.js";
import { meet, strikesOf } from "../meet.js";
import { eventOf } from "../plan.js";
import type { Random } from "../random.js";
import { calmDown } from "../settle.js";
import { RESTART } from "./faults.js";
import type { WorkerOrder } from "./function/order.js";
import type { WorkersPhase } from "./plan.js";
import type { WorkersStage } from "./stage.js";

/** Longer than a breaker's longest pause. */
const CALM_WITHIN_MS = 90_000;
/** Longer than calls wait to share a push, and the aggregator object between two pushes of a group. */
const PUSHED_WITHIN_MS = 8_000;
/** The same without the object's own pushes. */
const TAKEN_WITHIN_MS = 3_000;
/** Prometheus scrapes each second. */
const TWO_SCRAPES_MS = 2_500;
const POLL_MS = 50;

/** Carries out a plan. The last fault may still be on afterwards. */
export async function drive(
  plan: readonly WorkersPhase[],
  stage: WorkersStage,
  random: Random,
): Promise<void> {
  const { gateway, fleets, ledger, progress } = stage;
  for (const [index, { fault, faultEndsAfterMs, orders, restarted }] of plan.entries()) {
    if (fault === "object-wiped") {
      await calm(stage, random);
      // A push that is answered without any fault leaves no doubt.
      await callAll(stage, random);
      await sleep(TWO_SCRAPES_MS);
    }
    const strikes = strikesOf(gateway, fault);
    await gateway.set(fault);
    const faultEnds =
      faultEndsAfterMs === undefined
        ? undefined
        : sleep(faultEndsAfterMs).then(() => gateway.set(undefined));
    await Promise.all(fleets.map((fleet, of) => ledger.invoke(fleet, orders[of]!)));
    await faultEnds;
    await meet(gateway, fault, strikes, () => callEach(stage, random));
    progress(`${index + 1} of ${plan.length}${fault ? `: ${fault}` : ""}`);
    if (restarted === undefined) continue;
    const faultLeftOn = faultEndsAfterMs === undefined ? fault : undefined;
    await restart(stage, random, restarted, {
      outage:
        faultLeftOn !== undefined &&
        !isReceiverFault(faultLeftOn) &&
        GATEWAY_FAULTS[faultLeftOn].outage,
    });
  }
}

/**
 * Kills a process of workerd. Without an outage, everything was pushed before. During one, what the gateway does not show
 * at that moment cannot be pushed any more; unless the aggregator object has it, which then brings it later.
 */
async function restart(
  stage: WorkersStage,
  random: Random,
  process: number,
  { outage }: { readonly outage: boolean },
): Promise<void> {
  const { through, gateway, fleets, ledger } = stage;
  const fleet = fleets[process]!;
  if (!outage) await calm(stage, random);
  else if (through === "aggregator") await sleep(TAKEN_WITHIN_MS);
  else await gateway.settled();
  if (!outage || through === "aggregator") {
    await fleet.restart(fleet.life);
    ledger.destroyed(`${process}`, RESTART, undefined, false);
    return;
  }
  const shown = await ledger.shown();
  const jobs = fleet.jobs();
  await fleet.restart(fleet.life + 1);
  for (const job of jobs) ledger.destroyed(job, RESTART, shown, false);
}

/** Ends all faults, and calls every isolate until everything is shown, or until the time is over. */
export async function calm(
  stage: WorkersStage,
  random: Random,
  withinMs = CALM_WITHIN_MS,
): Promise<void> {
  await calmDown(stage, () => callAll(stage, random), withinMs);
}

/** Calls every isolate once, and waits until that is shown. */
async function callAll(stage: WorkersStage, random: Random): Promise<void> {
  await callEach(stage, random);
  const untilMs = performance.now() + PUSHED_WITHIN_MS;
  while (performance.now() < untilMs) {
    if ((await stage.ledger.verdict()).differences.length === 0) return;
    await sleep(POLL_MS);
  }
}

async function callEach({ fleets, ledger }: WorkersStage, random: Random): Promise<void> {
  for (const fleet of fleets)
    await ledger.invoke(
      fleet,
      fleet.names.map((): WorkerOrder => {
        const { id, plan, amount } = eventOf(ledger.nextId(), random);
        return { id, plan, amount, runMs: 0, way: "fetch" };
      }),
    );
}
