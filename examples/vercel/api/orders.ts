import { instrument } from "@prefreeze/vercel";
import { charge, orders } from "../../metrics.js";

export default instrument({
  async fetch(request: Request) {
    const { searchParams } = new URL(request.url);
    const plan = searchParams.get("plan") === "pro" ? "pro" : "free";
    try {
      await charge.time(() => chargeCard(searchParams.get("card")));
    } catch {
      return Response.json({ ok: false }, { status: 502 });
    }
    orders.inc({ plan });
    return Response.json({ ok: true });
  },
});

/** Stands for a call to a payment provider. */
async function chargeCard(card: string | null): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (card === "declined") throw new Error("The card was declined.");
}
