// What differs between the versions of the Worker with metrics: the bounds of a histogram.
import { counter, histogram, instrument } from "@prefreeze/cloudflare-workers";
import { classesWith } from "./classes.js";
import { handlersWith } from "./handlers.js";

export function measuredWith(buckets: readonly number[]) {
  const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  const sizes = histogram({ name: "order_size", help: "Size of orders.", buckets });
  const metrics = {
    accepted: (plan: string, amount: number) => orders.inc({ plan }, amount),
    sized: (size: number) => sizes.observe(size),
  };
  return { ...classesWith(metrics), handlers: instrument(handlersWith(metrics)) };
}
