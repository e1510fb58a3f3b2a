import { counter, instrument } from "@prefreeze/aws-lambda";

const orders = counter({ name: "orders_total", help: "Orders accepted.", labelNames: ["plan"] });

export const handler = instrument(async () => {
  orders.inc({ plan: "pro" });
});
