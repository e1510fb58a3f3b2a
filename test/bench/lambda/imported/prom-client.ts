import { Counter, Pushgateway, Registry } from "prom-client";

const registry = new Registry();
const orders = new Counter({
  name: "orders_total",
  help: "Orders accepted.",
  labelNames: ["plan"],
  registers: [registry],
});
const gateway = new Pushgateway(process.env["PUSHGATEWAY_URL"] ?? "", {}, registry);

export const handler = async () => {
  orders.inc({ plan: "pro" });
  await gateway.pushAdd({ jobName: "bench" });
};
