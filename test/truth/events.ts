import { type Fault, INVOCATION_FAULTS, type InvocationFault } from "./faults.js";
import type { OrderEvent } from "./function/order.js";
import type { Random } from "./random.js";

/** Makes events whose numbers begin at `first`. */
export function randomEvents(
  random: Random,
  faults: ReadonlySet<Fault>,
  first: number,
  count: number,
): OrderEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const fault = randomFault(random, faults);
    return {
      id: first + i,
      plan: random.oneOf(["free", "pro"]),
      amount: random.between(1, 200),
      runMs: random.chance(0.2) ? random.between(1, 30) : 0,
      ...(fault && { fault }),
    };
  });
}

function randomFault(random: Random, faults: ReadonlySet<Fault>): OrderEvent["fault"] {
  for (const [fault, part] of Object.entries(INVOCATION_FAULTS) as [InvocationFault, number][]) {
    if (!random.chance(part) || !faults.has(fault)) continue;
    return fault === "crash" ? random.oneOf(["exit", "uncaught"]) : fault;
  }
  return undefined;
}
