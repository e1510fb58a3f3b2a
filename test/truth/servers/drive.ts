import { setTimeout as sleep } from "node:timers/promises";
import { GATEWAY_FAULTS, type GatewayFault, needsCalm } from "../faults.js";
import { meet, strikesOf } from "../meet.js";
import { eventOf } from "../plan.js";
import type { Random } from "../random.js";
import { calmDown } from "../settle.js";
import type { Response } from "./fleet.js";
import type { WebOrder } from "./order.js";
import type { Ending, ServersPhase } from "./plan.js";
import type { ServersStage } from "./stage.js";

/** Longer than a breaker's pause after a phase. */
const CALM_WITHIN_MS = 30_000;
/** Longer than the interval of pushes, with time for the push itself. */
const PUSHED_WITHIN_MS = 4_000;
const POLL_MS = 50;

/** Carries out a plan. The last fault may still be on afterwards. */
export async function drive(
  plan: readonly ServersPhase[],
  stage: ServersStage,
  random: Random,
): Promise<void> {
  const { gateway, fleets, ledger, progress } = stage;
  for (const [index, { fault, faultEndsAfterMs, orders, ending }] of plan.entries()) {
    if (fault !== undefined && needsCalm(fault)) {
      await calm(stage, random, CALM_WITHIN_MS);
      // A push that is answered without any fault leaves no doubt.
      await callAll(stage, random);
    }
    const strikes = strikesOf(gateway, fault);
    await gateway.set(fault);
    const faultEnds =
      faultEndsAfterMs === undefined
        ? undefined
        : sleep(faultEndsAfterMs).then(() => gateway.set(undefined));
    await Promise.all(
      fleets.map((fleet) => {
        const halfway =
          ending?.shape === fleet.shape
            ? () => end(stage, ending, { fault, isFirst: index === 0 })
            : undefined;
        const invoke = (events: readonly WebOrder[]): Promise<Response[]> =>
          fleet.invoke(events, halfway);
        return ledger.invoke({ invoke }, orders.get(fleet.shape)!);
      }),
    );
    await faultEnds;
    await meet(gateway, fault, strikes, () => callEach(stage, random));
    if (faultEndsAfterMs !== undefined) await gateway.set(undefined);
    progress(`${index + 1} of ${plan.length}${fault ? `: ${fault}` : ""}`);
  }
}

/**
 * Ends a process under load. What the gateway shows of it just before is what it has pushed; what it could not push any
 * more, because it was killed or during an outage, is unreachable.
 */
async function end(
  { gateway, fleets, ledger, killed }: ServersStage,
  { fault, shape, from }: Ending,
  {
    fault: gatewayFault,
    isFirst,
  }: { readonly fault: GatewayFault | undefined; readonly isFirst: boolean },
): Promise<void> {
  const fleet = fleets.find((each) => each.shape === shape)!;
  const all = fleet.environments();
  const environment = all[Math.floor(from * all.length)]!;
  const outage = gatewayFault !== undefined && GATEWAY_FAULTS[gatewayFault].outage;
  // A gateway that restarts is back before the process ends.
  if (!outage) await gateway.settled();
  const shown = await ledger.shown();
  if (fault === "sigkill") {
    const atMs = await fleet.kill(environment);
    if (isFirst) killed.set(environment, atMs);
    ledger.destroyed(environment, fault, shown, false);
    return;
  }
  const inTime = await fleet.terminate(environment);
  // One that the platform killed could push no more than one that was killed without notice.
  const couldPush = inTime && !outage;
  ledger.destroyed(environment, fault, couldPush ? undefined : shown, !inTime && !outage);
}

/** Ends all faults, and calls every process until everything is shown, or until the time is over. */
export async function calm(stage: ServersStage, random: Random, withinMs: number): Promise<void> {
  await calmDown(stage, () => callAll(stage, random), withinMs);
}

/** Calls every process once, and waits until that is shown. */
async function callAll(stage: ServersStage, random: Random): Promise<void> {
  await callEach(stage, random);
  const untilMs = performance.now() + PUSHED_WITHIN_MS;
  while (performance.now() < untilMs) {
    if ((await stage.ledger.verdict()).differences.length === 0) return;
    await sleep(POLL_MS);
  }
}

/** The balancer passes requests on in turn. */
async function callEach({ fleets, ledger }: ServersStage, random: Random): Promise<void> {
  for (const fleet of fleets)
    await ledger.invoke(
      fleet,
      fleet.environments().map((): WebOrder => {
        const { id, plan, amount } = eventOf(ledger.nextId(), random);
        return { id, plan, amount, runMs: 0, shape: fleet.shape };
      }),
    );
}
