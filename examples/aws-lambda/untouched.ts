// Does not use prefreeze. The layer wraps its handler: AWS_LAMBDA_EXEC_WRAPPER=/opt/prefreeze/wrapper.
import { chargeCard } from "../payment.js";
import type { Order } from "./order.js";

export const handler = async ({ card }: Order) => {
  await chargeCard(card);
  return { ok: true };
};
