import type { Numbers } from "./numbers.js";

/** Counts what callers see: nothing in here knows of prefreeze. */
export interface Tally {
  /** A call that was answered as it should be; every order is charged, a declined one too. */
  order(plan: "free" | "pro", outcome: "accepted" | "declined"): void;
  /** A call that orders nothing. */
  otherCall(): void;
  numbers(coldStarts: number): Numbers;
}

export function createTally(): Tally {
  const accepted = { free: 0, pro: 0 };
  let declined = 0;
  let others = 0;
  return {
    order(plan, outcome) {
      if (outcome === "accepted") accepted[plan] += 1;
      else declined += 1;
    },
    otherCall: () => void (others += 1),
    numbers: (coldStarts) => ({
      succeeded: accepted.free + accepted.pro + others,
      failed: declined,
      coldStarts,
      proOrders: accepted.pro,
      freeOrders: accepted.free,
      charges: accepted.free + accepted.pro + declined,
    }),
  };
}
