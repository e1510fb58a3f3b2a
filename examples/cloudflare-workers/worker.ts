import { instrument } from "@prefreeze/cloudflare-workers";
import { backlog, charge, orders } from "../metrics.js";

export default instrument({
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const plan = searchParams.get("plan") === "pro" ? "pro" : "free";
    await charge.time(() => chargeCard(searchParams.get("card")));
    orders.inc({ plan });
    return Response.json({ ok: true });
  },
  async scheduled() {
    backlog.set(3);
  },
});

/** Stands for a call to a payment provider. */
async function chargeCard(card: string | null): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (card === "declined") throw new CardDeclined();
}

class CardDeclined extends Error {
  override readonly name = "CardDeclined";
  override readonly message = "The card was declined.";
}
