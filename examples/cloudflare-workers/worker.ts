import { instrument } from "@prefreeze/cloudflare-workers";
import { Hono } from "hono";
import { backlog, charge, orders } from "../metrics.js";
import { chargeCard } from "../payment.js";
import type { Env, Order } from "./env.js";

// Durable Objects are classes that the Worker exports: one of ours, and the one that adds up all isolates.
export { Waiting } from "./waiting.js";
export { PrefreezeAggregator } from "@prefreeze/cloudflare-workers/aggregator";

const app = new Hono<{ Bindings: Env }>();

app.get("/", async (c) => {
  await place(orderIn(c.req.query()));
  return c.json({ ok: true });
});

app.post("/later", async (c) => {
  await c.env.WAITING.getByName("orders").add(1);
  await c.env.ORDERS.send(orderIn(c.req.query()));
  return c.json({ ok: true }, 202);
});

export default instrument({
  fetch: app.fetch,
  async queue({ messages }, env) {
    for (const { body } of messages) await place(body);
    await env.WAITING.getByName("orders").add(-messages.length);
    console.log(`placed ${messages.length} orders of the queue`);
  },
  async scheduled(_controller, env) {
    backlog.set(await env.WAITING.getByName("orders").count());
  },
} satisfies ExportedHandler<Env, Order>);

async function place({ plan, card }: Order): Promise<void> {
  await charge.time(() => chargeCard(card));
  orders.inc({ plan });
}

/** A label has few values: what a caller sends is none of them by itself. */
function orderIn({ plan, card }: Readonly<Record<string, string>>): Order {
  return { plan: plan === "pro" ? "pro" : "free", card };
}
