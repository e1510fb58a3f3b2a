// A queue delivers orders in batches. The function reports the orders that failed, and only these are delivered again.
import "@prefreeze/aws-lambda/register";
import { instrument } from "@prefreeze/aws-lambda";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { charge, orders } from "../metrics.js";
import { chargeCard } from "../payment.js";
import { readOrder } from "./order.js";

export const handler = instrument(async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const outcomes = await Promise.allSettled(Records.map(take));
  return {
    batchItemFailures: Records.filter((_, index) => outcomes[index]?.status === "rejected").map(
      ({ messageId }) => ({ itemIdentifier: messageId }),
    ),
  };
});

async function take({ body }: SQSRecord): Promise<void> {
  const order = readOrder(body);
  if (order === undefined) throw new SyntaxError("An order is JSON.");
  await charge.time(() => chargeCard(order.card));
  orders.inc({ plan: order.plan });
}
