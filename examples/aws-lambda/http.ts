// An HTTP API for orders. The first import makes pushes follow the response.
import "@prefreeze/aws-lambda/register";
import { instrument } from "@prefreeze/aws-lambda";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { charge, orders } from "../metrics.js";
import { chargeCard } from "../payment.js";
import { readOrder } from "./order.js";

export const handler = instrument(async ({ body, isBase64Encoded }: APIGatewayProxyEventV2) => {
  const order = readOrder(isBase64Encoded ? Buffer.from(body ?? "", "base64").toString() : body);
  if (order === undefined) return { statusCode: 400, body: "An order is JSON." };
  try {
    await charge.time(() => chargeCard(order.card));
  } catch {
    // A status of 500 or more counts as a failure, as an error does.
    return { statusCode: 502, body: "The payment failed." };
  }
  orders.inc({ plan: order.plan });
  return { statusCode: 201, body: JSON.stringify({ ok: true }) };
});
