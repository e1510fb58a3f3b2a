import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayFault } from "./faults.js";
import type { FaultyGateway } from "./faulty-gateway.js";

/** Longer than a breaker's first pauses. */
const MET_WITHIN_MS = 20_000;
const POLL_MS = 500;

/** How often a fault has taken effect. */
export function strikesOf(gateway: Pick<FaultyGateway, "struck">, fault?: GatewayFault): number {
  return fault === undefined ? 0 : (gateway.struck()[fault] ?? 0);
}

/**
 * Lets a fault last until it has taken effect: its phase may be over before an instance pushes, since instances share
 * pushes and a breaker may be open. The fault is on afterwards.
 *
 * @param strikes how often it had taken effect before its phase
 * @param callEach calls every instance once
 */
export async function meet(
  gateway: Pick<FaultyGateway, "set" | "struck">,
  fault: GatewayFault | undefined,
  strikes: number,
  callEach: () => Promise<void>,
): Promise<void> {
  if (fault === undefined) return;
  const untilMs = performance.now() + MET_WITHIN_MS;
  while (strikesOf(gateway, fault) === strikes && performance.now() < untilMs) {
    // Some faults take effect when they begin, on connections that a call has made.
    await gateway.set(fault);
    await callEach();
    await sleep(POLL_MS);
  }
}
