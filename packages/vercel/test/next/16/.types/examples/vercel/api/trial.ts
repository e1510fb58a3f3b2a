import { instrument } from "@prefreeze/vercel";
import { orders } from "../../metrics.js";

// One export per method, as in Next.js route handlers.
export const GET = instrument(async (_request: Request) => {
  orders.inc({ plan: "free" });
  return Response.json({ ok: true });
});
