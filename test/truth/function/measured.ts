// The handler with metrics, flushed before it returns.
import { counter, histogram, instrument } from "@prefreeze/aws-lambda";
import { order, type OrderEvent } from "./order.js";

const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
const sizes = histogram({ name: "order_size", help: "Size of orders.", buckets: [1, 10, 100] });

export const handler = instrument((event: OrderEvent) =>
  order(event, (amount) => {
    orders.inc({ plan: event.plan }, amount);
    sizes.observe(amount);
  }),
);
