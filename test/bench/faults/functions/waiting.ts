import { setTimeout as sleep } from "node:timers/promises";
import { counter, instrument } from "@prefreeze/aws-lambda";
import { ORDERS } from "../../workloads/snapshot.js";

const orders = counter(ORDERS);

/** Runs for `waitMs` of the event. */
export const handler = instrument(async ({ waitMs }: { readonly waitMs: number }) => {
  orders.inc({ plan: "free", country: "DE" });
  await sleep(waitMs);
  return {};
});
