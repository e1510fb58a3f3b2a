// A function that OpenTelemetry's preloaded instrumentation wraps.
const { metrics } = require("@opentelemetry/api");
const { counter, instrument } = require("@prefreeze/aws-lambda");

const orders = counter({ name: "orders_total", help: "Orders accepted." });
const sameOrders = metrics.getMeter("shop").createCounter("orders");

exports.bare = async (event) => {
  orders.inc();
  sameOrders.add(1);
  if (event.throws) throw new RangeError("no");
  return { ok: true };
};
exports.instrumented = instrument(exports.bare);
