import { setTimeout as sleep } from "node:timers/promises";
import { GATEWAY_FAULTS } from "./faults.js";
import type { FaultyGateway } from "./faulty-gateway.js";
import type { Fleet } from "./fleet.js";
import type { Ledger } from "./ledger.js";
import type { Phase } from "./plan.js";

/** Where a plan is carried out. */
export interface Stage {
  readonly gateway: FaultyGateway;
  readonly fleets: readonly Fleet[];
  readonly ledger: Ledger;
  /** Told what happens, for people to follow. */
  progress(line: string): void;
}

/** What a registered environment has for its last push; a machine that is too busy takes longer. */
const LAST_PUSH_MS = 250;

/** Carries out a plan. When it is over, the last fault of the gateway may last. */
export async function drive(plan: readonly Phase[], stage: Stage): Promise<void> {
  const { gateway, fleets, ledger, progress } = stage;
  for (const [index, { gatewayFault, faultEndsAfterMs, events, ending }] of plan.entries()) {
    await gateway.set(gatewayFault);
    const faultEnds =
      faultEndsAfterMs === undefined
        ? undefined
        : sleep(faultEndsAfterMs).then(() => gateway.set(undefined));
    await Promise.all(fleets.map((fleet, of) => ledger.invoke(fleet, events[of]!)));
    await faultEnds;
    progress(`${index + 1} of ${plan.length}${gatewayFault ? `: ${gatewayFault}` : ""}`);
    if (!ending) continue;
    const lasting = faultEndsAfterMs === undefined ? gatewayFault : undefined;
    await destroyOne(stage, ending, lasting !== undefined && GATEWAY_FAULTS[lasting].outage);
  }
}

/**
 * Destroys an environment that can be destroyed without a loss, or any in an outage; what the gateway shows
 * of it just then is what it has brought.
 */
async function destroyOne(
  { gateway, fleets, ledger }: Stage,
  { fault, of, from }: NonNullable<Phase["ending"]>,
  outage: boolean,
): Promise<void> {
  const fleet = fleets[of]!;
  await gateway.settled();
  const shown = await ledger.shown();
  const { differences } = await ledger.verdict();
  const behind = new Set(differences.map(({ environment }) => environment));
  const candidates = fleet.lambda.environments().filter(({ running, logStreamName }) => {
    // After a crash there is nothing that could push, and what lies in its files would go with them.
    if (!running) return false;
    // In an outage what was not brought is counted apart; else who is told of the end still pushes.
    return outage || fleet.registered || !behind.has(nameOf(logStreamName));
  });
  const chosen = candidates[Math.floor(from * candidates.length)];
  if (!chosen) return;
  const tookMs = await fleet.destroy(chosen.pid, fault === "reuse");
  const cutShort = fleet.registered && !outage && tookMs > LAST_PUSH_MS;
  ledger.destroyed(nameOf(chosen.logStreamName), fault, outage ? shown : undefined, cutShort);
}

/** As it is at the start of its instances' names. */
function nameOf(logStreamName: string): string {
  return /\](\w{8})/.exec(logStreamName)![1]!;
}
