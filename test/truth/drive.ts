import { setTimeout as sleep } from "node:timers/promises";
import { GATEWAY_FAULTS, needsCalm } from "./faults.js";
import type { Fleet } from "./fleet.js";
import { meet, strikesOf } from "./meet.js";
import type { Phase } from "./plan.js";
import type { Random } from "./random.js";
import { calm, invokeAll } from "./settle.js";
import type { Stage } from "./stage.js";

type EnvironmentInfo = ReturnType<Fleet["lambda"]["environments"]>[number];

/** The time for the final flush of a registered environment. On a busy machine, a shutdown can take longer. */
const FINAL_FLUSH_MS = 250;

/** Longer than the breaker's pause after a phase. */
const CALM_WITHIN_MS = 15_000;

/** Carries out a plan. The gateway's last fault may still be on afterwards. */
export async function drive(plan: readonly Phase[], stage: Stage, random: Random): Promise<void> {
  const { gateway, fleets, ledger, progress } = stage;
  for (const [
    index,
    { gatewayFault, faultEndsAfterMs, events, ending, oneShot },
  ] of plan.entries()) {
    if (gatewayFault !== undefined && needsCalm(gatewayFault)) {
      await calm(stage, random, CALM_WITHIN_MS);
      // A push that is answered without any fault leaves no doubt.
      await invokeAll(stage, random);
    }
    const strikes = strikesOf(gateway, gatewayFault);
    await gateway.set(gatewayFault);
    const faultEnds =
      faultEndsAfterMs === undefined
        ? undefined
        : sleep(faultEndsAfterMs).then(() => gateway.set(undefined));
    await Promise.all(fleets.map((fleet, of) => ledger.invoke(fleet, events[of]!)));
    await faultEnds;
    await meet(gateway, gatewayFault, strikes, () => invokeAll(stage, random));
    if (faultEndsAfterMs !== undefined) await gateway.set(undefined);
    progress(`${index + 1} of ${plan.length}${gatewayFault ? `: ${gatewayFault}` : ""}`);
    if (!ending) continue;
    const faultLeftOn = faultEndsAfterMs === undefined ? gatewayFault : undefined;
    const outage = faultLeftOn !== undefined && GATEWAY_FAULTS[faultLeftOn].outage;
    await destroyOne(stage, ending, outage);
    if (oneShot.length > 0) await oneInvocation(stage, ending, oneShot, outage);
  }
}

/** Lets one more environment begin than there are, and destroys it after its first invocation. */
async function oneInvocation(
  stage: Stage,
  ending: NonNullable<Phase["ending"]>,
  events: Phase["oneShot"],
  outage: boolean,
): Promise<void> {
  const fleet = stage.fleets[ending.of]!;
  const known = new Set(fleet.lambda.environments().map(({ pid }) => pid));
  await stage.ledger.invoke(fleet, events);
  await destroyOne(stage, { ...ending, fault: "shutdown" }, outage, ({ pid }) => !known.has(pid));
}

/**
 * Destroys an environment that can be destroyed without loss or, during an outage, any environment. What the
 * gateway shows of it at that moment is what the environment has pushed.
 */
async function destroyOne(
  { gateway, fleets, ledger }: Stage,
  { fault, of, from }: NonNullable<Phase["ending"]>,
  outage: boolean,
  chooses: (environment: EnvironmentInfo) => boolean = () => true,
): Promise<void> {
  const fleet = fleets[of]!;
  await gateway.settled();
  const shown = await ledger.shown();
  const { differences } = await ledger.verdict();
  const notFullyShown = new Set(differences.map(({ environment }) => environment));
  const candidates = fleet.lambda.environments().filter((environment) => {
    const { running, logStreamName } = environment;
    if (!chooses(environment)) return false;
    // After a crash, no process could push, and the journal would be destroyed with the environment.
    if (!running) return false;
    // During an outage, what was not pushed is reported separately. Otherwise, a registered environment still pushes.
    return outage || fleet.registered || !notFullyShown.has(nameOf(logStreamName));
  });
  const chosen = candidates[Math.floor(from * candidates.length)];
  if (!chosen) return;
  const tookMs = await fleet.destroy(chosen.pid, fault === "reuse");
  const cutShort = fleet.registered && !outage && tookMs > FINAL_FLUSH_MS;
  ledger.destroyed(nameOf(chosen.logStreamName), fault, outage ? shown : undefined, cutShort);
}

/** The environment's name, with which its instances' names start. */
function nameOf(logStreamName: string): string {
  return /\](\w{8})/.exec(logStreamName)![1]!;
}
