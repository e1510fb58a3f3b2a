// Called directly, or over HTTP. Built as CommonJS, which cannot await an import. So Node itself loads register.mjs
// first: NODE_OPTIONS=--import=/var/task/register.mjs.
import { instrument } from "@prefreeze/aws-lambda";
import { charge, orders } from "../metrics.js";
import { chargeCard } from "../payment.js";
import { type Order, readOrder } from "./order.js";

/** The event of API Gateway (HTTP API) and function URLs. */
interface HttpEvent {
  readonly requestContext: { readonly http: { readonly method: string } };
  readonly body?: string;
}

export const handler = instrument(async (event: HttpEvent | Order) => {
  const order = "requestContext" in event ? readOrder(event.body) : event;
  if (order === undefined) return { statusCode: 400, body: "An order is JSON." };
  await charge.time(() => chargeCard(order.card));
  orders.inc({ plan: order.plan });
  return { statusCode: 200, body: JSON.stringify({ ok: true }) };
});
