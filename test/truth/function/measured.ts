// The handler with metrics, flushed before it returns.
import { counter, histogram, instrument } from "@prefreeze/aws-lambda";
import { protobuf } from "@prefreeze/core/protobuf";
import type { Context } from "aws-lambda";
import { order, type OrderEvent } from "./order.js";

const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
const sizes = histogram({ name: "order_size", help: "Size of orders.", buckets: [1, 10, 100] });

const metrics = {
  accepted: (plan: string, amount: number) => orders.inc({ plan }, amount),
  sized: (size: number) => sizes.observe(size),
};

export const handler = instrument(
  (event: OrderEvent, context: Context) => order(event, context, metrics),
  process.env["PUSH_FORMAT"] === "protobuf" ? { format: protobuf } : {},
);
