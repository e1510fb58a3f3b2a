// The Worker with metrics, as it was first deployed.
import { counter, histogram, instrument } from "@prefreeze/cloudflare-workers";
import { classesWith } from "./classes.js";
import { handlersWith } from "./handlers.js";

const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
const sizes = histogram({ name: "order_size", help: "Size of orders.", buckets: [1, 10, 100] });

const metrics = {
  accepted: (plan: string, amount: number) => orders.inc({ plan }, amount),
  sized: (size: number) => sizes.observe(size),
};

export const { Orders, Basket, Fulfilment } = classesWith(metrics);

export default instrument(handlersWith(metrics));
