import { instrument } from "@prefreeze/aws-lambda";
import { backlog, charge, orders } from "../metrics.js";

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
  const order = "requestContext" in event ? (JSON.parse(event.body ?? "{}") as Order) : event;
  await charge.time(() => chargeCard(order));
  orders.inc({ plan: order.plan });
  backlog.set(0);
  return { statusCode: 200, body: JSON.stringify({ ok: true }) };
});

/** Stands for a call to a payment provider. */
async function chargeCard({ card }: Order): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (card === "declined") throw new CardDeclined();
}

class CardDeclined extends Error {
  override readonly name = "CardDeclined";
  override readonly message = "The card was declined.";
}
