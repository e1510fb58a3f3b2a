import { instrument } from "@prefreeze/vercel";
import { charge, orders } from "../../metrics.js";
import { chargeCard } from "../../payment.js";

export default instrument({
  async fetch(request: Request) {
    const { searchParams } = new URL(request.url);
    const plan = searchParams.get("plan") === "pro" ? "pro" : "free";
    try {
      await charge.time(() => chargeCard(searchParams.get("card")));
    } catch {
      // A status of 500 or more counts as a failure, as an error does.
      return Response.json({ ok: false }, { status: 502 });
    }
    orders.inc({ plan });
    return Response.json({ ok: true });
  },
});
