import { Counter, Pushgateway, Registry } from "prom-client";

const registry = new Registry();
const orders = new Counter({
  name: "orders_total",
  help: "Orders accepted.",
  labelNames: ["plan"],
  registers: [registry],
});
const gateway = new Pushgateway(process.env["PUSHGATEWAY_URL"] ?? "", {}, registry);

export const handler = async (event: { readonly plan: string }) => {
  orders.inc({ plan: event.plan });
  await gateway.pushAdd({ jobName: "bench" });
};
