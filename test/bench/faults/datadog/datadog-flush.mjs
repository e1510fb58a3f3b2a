// Datadog's wrapper without its extension, as its documentation shows. It sends all metrics to the API before the
// handler returns. Bundled and run by test/bench/faults.
import { datadog, sendDistributionMetric } from "datadog-lambda-js";

let invocations = 0;

export const handler = datadog(async () => {
  const plan = invocations++ % 2 === 0 ? "free" : "pro";
  sendDistributionMetric("orders", 1, `plan:${plan}`, "country:DE");
  sendDistributionMetric("messages", 2, "channel:mail");
  sendDistributionMetric("backlog", invocations, "queue:orders");
  sendDistributionMetric("charge.duration", 0.034, "provider:stripe");
  sendDistributionMetric("order.size", 2_048, `plan:${plan}`);
  return {};
});
