// What differs between the versions of the Worker with metrics: the bounds of a histogram.
import {
  counter,
  histogram,
  instrument,
  instrumentDurableObject,
  instrumentEntrypoint,
  instrumentWorkflow,
} from "@prefreeze/cloudflare-workers";
import { classesWith } from "./classes.js";
import { fakeRpcFaults } from "./faulty-rpc.js";
import { handlersWith } from "./handlers.js";

await fakeRpcFaults();

export function measuredWith(buckets: readonly number[]) {
  const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  const sizes = histogram({ name: "order_size", help: "Size of orders.", buckets });
  const metrics = {
    accepted: (plan: string, amount: number) => orders.inc({ plan }, amount),
    sized: (size: number) => sizes.observe(size),
  };
  const { Orders, Basket, Fulfilment } = classesWith(metrics);
  return {
    handlers: instrument(handlersWith(metrics)),
    Orders: instrumentEntrypoint(Orders),
    Basket: instrumentDurableObject(Basket),
    Fulfilment: instrumentWorkflow(Fulfilment),
  };
}
