import type { Stage } from "./drive.js";
import { eventOf } from "./plan.js";
import type { Random } from "./random.js";

/** Long enough for every environment to receive one of the concurrent invocations; missing environments start. */
const RUN_MS = 200;

/**
 * Ends all faults and invokes every environment, again and again until the gateway shows everything; then shuts
 * down the registered environments.
 *
 * @param withinMs after this time, what is missing counts as lost
 */
export async function settle(stage: Stage, random: Random, withinMs: number): Promise<void> {
  const { gateway, fleets, ledger, progress } = stage;
  await gateway.set(undefined);
  await gateway.settled();
  const untilMs = performance.now() + withinMs;
  for (;;) {
    for (const fleet of fleets) {
      const events = Array.from({ length: fleet.environments }, (_, index) => {
        return { ...eventOf(ledger.invocations + index, random), runMs: RUN_MS };
      });
      await ledger.invoke(fleet, events);
    }
    const { differences } = await ledger.verdict();
    if (differences.length === 0 || performance.now() > untilMs) break;
    progress(`settling: ${differences.length} differences`);
  }
  for (const fleet of fleets.filter(({ registered }) => registered))
    for (const { pid } of fleet.lambda.environments()) await fleet.destroy(pid, false);
}
