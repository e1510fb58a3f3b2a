import type { IncomingMessage, ServerResponse } from "node:http";
import { instrument } from "@prefreeze/vercel";
import { charge, orders } from "../../metrics.js";
import { chargeCard } from "../../payment.js";

// A handler with the signature of Node's own HTTP server.
export default instrument(async (request: IncomingMessage, response: ServerResponse) => {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  response.setHeader("content-type", "application/json");
  try {
    await charge.time(() => chargeCard(searchParams.get("card")));
    orders.inc({ plan: "pro" });
    response.end(JSON.stringify({ ok: true }));
  } catch {
    response.statusCode = 502;
    response.end(JSON.stringify({ ok: false }));
  }
});
