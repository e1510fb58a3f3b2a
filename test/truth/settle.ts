import type { FaultyGateway } from "./faulty-gateway.js";
import type { Verdict } from "./judge.js";
import { eventOf } from "./plan.js";
import type { Random } from "./random.js";
import type { Stage } from "./stage.js";

/** Long enough for every environment to receive one of the concurrent invocations; missing environments start. */
const RUN_MS = 200;

/**
 * Ends all faults and invokes every environment, again and again until the gateway shows everything; then shuts
 * down the registered environments.
 *
 * @param withinMs after this time, what is missing counts as lost
 */
export async function settle(stage: Stage, random: Random, withinMs: number): Promise<void> {
  await calm(stage, random, withinMs);
  for (const fleet of stage.fleets.filter(({ registered }) => registered))
    for (const { pid } of fleet.lambda.environments()) await fleet.destroy(pid, false);
}

/** Ends all faults, and invokes every environment until everything is shown, or until the time is over. */
export async function calm(stage: Stage, random: Random, withinMs: number): Promise<void> {
  await calmDown(stage, () => invokeAll(stage, random), withinMs);
}

/** @param invokeAll invokes every environment, and waits for what these invocations push */
export async function calmDown(
  {
    gateway,
    ledger,
    progress,
  }: {
    readonly gateway: FaultyGateway;
    readonly ledger: { verdict(): Promise<Verdict> };
    progress(line: string): void;
  },
  invokeAll: () => Promise<void>,
  withinMs: number,
): Promise<void> {
  await gateway.set(undefined);
  await gateway.settled();
  const untilMs = performance.now() + withinMs;
  for (;;) {
    await invokeAll();
    const { differences } = await ledger.verdict();
    if (differences.length === 0 || performance.now() > untilMs) return;
    progress(`settling: ${differences.length} differences`);
  }
}

/** Invokes every environment once. */
export async function invokeAll({ fleets, ledger }: Stage, random: Random): Promise<void> {
  for (const fleet of fleets) {
    const events = Array.from({ length: fleet.environments }, () => {
      return { ...eventOf(ledger.nextId(), random), runMs: RUN_MS };
    });
    await ledger.invoke(fleet, events);
  }
}
