import type { Numbers } from "./numbers.js";

/** Counts calls as their callers see them. Nothing in this file uses prefreeze. */
export interface Tally {
  /** A call with the expected answer. Every order is charged, even a declined one. */
  order(plan: "free" | "pro", outcome: "accepted" | "declined"): void;
  /** Orders that a queue's consumer placed: their batches are other calls. */
  placedLater(plan: "free" | "pro", count: number): void;
  /** Calls that order nothing. */
  otherCalls(count: number): void;
  numbers(coldStarts: number): Required<Numbers>;
}

export function createTally(): Tally {
  const accepted = { free: 0, pro: 0 };
  let declined = 0;
  const later = { free: 0, pro: 0 };
  let others = 0;
  return {
    order(plan, outcome) {
      if (outcome === "accepted") accepted[plan] += 1;
      else declined += 1;
    },
    placedLater: (plan, count) => void (later[plan] += count),
    otherCalls: (count) => void (others += count),
    numbers: (coldStarts) => ({
      succeeded: accepted.free + accepted.pro + others,
      failed: declined,
      coldStarts,
      proOrders: accepted.pro + later.pro,
      freeOrders: accepted.free + later.free,
      charges: accepted.free + accepted.pro + declined + later.free + later.pro,
    }),
  };
}
