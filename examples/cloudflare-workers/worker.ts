import { instrument } from "@prefreeze/cloudflare-workers";
import { backlog, charge, orders } from "../metrics.js";
import { chargeCard } from "../payment.js";

export default instrument({
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const plan = searchParams.get("plan") === "pro" ? "pro" : "free";
    await charge.time(() => chargeCard(searchParams.get("card")));
    orders.inc({ plan });
    return Response.json({ ok: true });
  },
  async scheduled() {
    backlog.set(await messagesWaiting());
  },
});

/** Stands in for a query to a queue. */
async function messagesWaiting(): Promise<number> {
  return 3;
}
