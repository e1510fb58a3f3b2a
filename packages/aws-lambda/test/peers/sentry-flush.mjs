// Sentry's wrapper, used as its documentation shows: metrics are sent before the handler returns.
// Bundled and run by test/bench/faults.
import * as Sentry from "@sentry/aws-serverless";

Sentry.init({ dsn: process.env.SENTRY_DSN });

let invocations = 0;

export const handler = Sentry.wrapHandler(async () => {
  const plan = invocations++ % 2 === 0 ? "free" : "pro";
  Sentry.metrics.count("orders", 1, { attributes: { plan, country: "DE" } });
  Sentry.metrics.count("messages", 2, { attributes: { channel: "mail" } });
  Sentry.metrics.gauge("backlog", invocations, { attributes: { queue: "orders" } });
  Sentry.metrics.distribution("charge.duration", 0.034, { attributes: { provider: "stripe" } });
  Sentry.metrics.distribution("order.size", 2_048, { attributes: { plan } });
  return {};
});
