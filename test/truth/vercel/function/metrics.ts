// The metrics of the truth run's functions, and whether they are wrapped.
import { counter, histogram, instrument } from "@prefreeze/vercel";
import type { OrderMetrics, TakeNote } from "../../servers/order.js";

export const bare = process.env["BARE"] !== undefined;
export const environment = process.env["PREFREEZE_INSTANCE_PREFIX"]!;

function define(): OrderMetrics {
  const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  const sizes = histogram({ name: "order_size", help: "Size of orders.", buckets: [1, 10, 100] });
  return {
    accepted: (plan, amount) => orders.inc({ plan }, amount),
    sized: (size) => sizes.observe(size),
  };
}

export const metrics = bare ? { accepted: () => undefined, sized: () => undefined } : define();

/** Leaves the functions of the run without metrics as they are. */
export const wrapped: typeof instrument = ((handler: (request: Request) => Response) =>
  bare ? handler : instrument(handler)) as typeof instrument;

/** Tells the run, which writes it down: the edge runtime has no files. */
export const takeNote: TakeNote = async (note) => {
  await fetch(process.env["NOTES_URL"]!, { method: "POST", body: JSON.stringify(note) });
};
