import { instrument } from "@prefreeze/vercel";
import { orders } from "../../metrics.js";

// A method's own export, as Next.js has its route handlers.
export const GET = instrument(async (_request: Request) => {
  orders.inc({ plan: "free" });
  return Response.json({ ok: true });
});
