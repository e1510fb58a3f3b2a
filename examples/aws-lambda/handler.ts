import { instrument } from "@prefreeze/aws-lambda";
import { charge, orders } from "../metrics.js";
import { chargeCard } from "../payment.js";

interface Order {
  readonly plan: "free" | "pro";
  readonly card?: string;
}

/** What API Gateway (HTTP API) and function URLs send. */
interface HttpEvent {
  readonly requestContext: { readonly http: { readonly method: string } };
  readonly body?: string;
}

export const handler = instrument(async (event: HttpEvent | Order) => {
  const { plan, card } = "requestContext" in event ? orderIn(event) : event;
  await charge.time(() => chargeCard(card));
  orders.inc({ plan });
  return { statusCode: 200, body: JSON.stringify({ ok: true }) };
});

/** A label takes only what is known: a caller's own words would be a series each. */
function orderIn({ body = "{}" }: HttpEvent): Order {
  const { plan, card } = JSON.parse(body) as Partial<Order>;
  return { plan: plan === "pro" ? "pro" : "free", ...(card !== undefined && { card }) };
}
